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

/** Whether a client supports URL elicitation. It says so with each request (2026), or when it connects (2025). */
export function supportsUrlElicitation({ server }: McpServer, { mcpReq }: ServerContext): boolean {
  const envelope = mcpReq.envelope as Record<string, unknown> | undefined
  const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined
  return (declared ?? server.getClientCapabilities())?.elicitation?.url !== undefined
}

/** The result that asks a client to open a page. The client calls the tool again with the answer. */
export function elicitUrl({ url, message, reference }: UrlElicitation): InputRequiredResult {
  return inputRequired({
    inputRequests: { [PAGE]: inputRequired.elicitUrl({ message, url }) },
    requestState: reference,
  })
}

/**
 * A client's answer to such an elicitation, if the request has one. The reference comes from outside, so it is only
 * looked up in the account of the caller.
 */
export function elicitationAnswer({ mcpReq }: ServerContext): ElicitationAnswer | undefined {
  const reference = mcpReq.requestState()
  const answer = inputResponse(mcpReq.inputResponses, PAGE)
  if (typeof reference !== 'string' || answer.kind !== 'elicit') return undefined
  return { reference, accepted: answer.action === 'accept' }
}
