import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type ClientCapabilities,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Call, Offer } from '../tools/tool.ts'

const PAGE = 'page'

/** Whether a client can ask its person to open an address. It says so with each request, or said so at first. */
export function canOpenPages({ server }: McpServer, { mcpReq }: ServerContext): boolean {
  const envelope = mcpReq.envelope as Record<string, unknown> | undefined
  const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined
  return (declared ?? server.getClientCapabilities())?.elicitation?.url !== undefined
}

/** A page offered to the person behind a client. The client calls the tool again with the answer. */
export function asOffer({ url, message, reference }: Offer): InputRequiredResult {
  return inputRequired({
    inputRequests: { [PAGE]: inputRequired.elicitUrl({ message, url }) },
    requestState: reference,
  })
}

/**
 * What a client answered to a page that was offered to it. The reference comes back from outside: it is
 * only ever looked up in the account of the caller.
 */
export function offered({ mcpReq }: ServerContext): Call['offered'] {
  const reference = mcpReq.requestState()
  const answer = inputResponse(mcpReq.inputResponses, PAGE)
  if (typeof reference !== 'string' || answer.kind !== 'elicit') return undefined
  return { reference, accepted: answer.action === 'accept' }
}
