import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type ClientCapabilities,
  type InputRequest,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Elicitation, ElicitationAnswer } from '../../tools/tool.ts'

/** The name of the one request in an elicitation: a page to open, or a question to answer. */
type Name = 'page' | 'question'

/** What a client can ask its user for. Clients of 2026 declare it with each request, those of 2025 when they connect. */
export function elicitations(
  { server }: McpServer,
  { mcpReq }: ServerContext,
): Record<Name, boolean> {
  const envelope = mcpReq.envelope as Record<string, unknown> | undefined
  const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined
  const elicitation = (declared ?? server.getClientCapabilities())?.elicitation
  const page = elicitation?.url !== undefined
  const isBare = elicitation !== undefined && !page // before there were modes, it meant questions
  return { page, question: isBare || elicitation?.form !== undefined }
}

/**
 * Builds the result that makes a client ask its user. A question has no fields: accepting it is the answer. The client
 * then repeats the call with the answer.
 */
export function elicit({ url, message, reference }: Elicitation): InputRequiredResult {
  const requestState = reference
  if (url !== undefined)
    return required('page', inputRequired.elicitUrl({ message, url }), requestState)
  const requestedSchema = { type: 'object' as const, properties: {} }
  return required('question', inputRequired.elicit({ message, requestedSchema }), requestState)
}

function required(name: Name, request: InputRequest, requestState: string): InputRequiredResult {
  return inputRequired({ inputRequests: { [name]: request }, requestState })
}

/**
 * Returns a client's answer to an elicitation, if the request has one. The reference is untrusted: use it only to look
 * up what belongs to the caller.
 */
export function elicitationAnswer(
  { mcpReq }: ServerContext,
  name: Name,
): ElicitationAnswer | undefined {
  const reference = mcpReq.requestState()
  const answer = inputResponse(mcpReq.inputResponses, name)
  if (typeof reference !== 'string' || answer.kind !== 'elicit') return undefined
  return { reference, action: answer.action }
}
