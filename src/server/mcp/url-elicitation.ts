import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type ClientCapabilities,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { ElicitationAnswer, UrlElicitation } from '../../tools/tool.ts'

/** The name of the one request in an elicitation. */
const PAGE = 'page'

/** Whether a client supports URL elicitation. Clients of 2026 declare it with each request, those of 2025 when they connect. */
export function supportsUrlElicitation({ server }: McpServer, { mcpReq }: ServerContext): boolean {
  const envelope = mcpReq.envelope as Record<string, unknown> | undefined
  const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined
  return (declared ?? server.getClientCapabilities())?.elicitation?.url !== undefined
}

/** Builds the result that asks a client to open a page. The client then repeats the call with the answer. */
export function elicitUrl({ url, message, reference }: UrlElicitation): InputRequiredResult {
  return inputRequired({
    inputRequests: { [PAGE]: inputRequired.elicitUrl({ message, url }) },
    requestState: reference,
  })
}

/**
 * Returns a client's answer to such an elicitation, if the request has one. The reference is untrusted: use it only
 * to look up purchases in the account of the caller.
 */
export function elicitationAnswer({ mcpReq }: ServerContext): ElicitationAnswer | undefined {
  const reference = mcpReq.requestState()
  const answer = inputResponse(mcpReq.inputResponses, PAGE)
  if (typeof reference !== 'string' || answer.kind !== 'elicit') return undefined
  return { reference, accepted: answer.action === 'accept' }
}
