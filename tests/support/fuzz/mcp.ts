import fc from 'fast-check'
import { toJson, type Schema, type Values } from './values.ts'
import type { Sent } from './rest.ts'

export type Listed = { name: string; inputSchema: Schema }

/** What stands for an id that no other message in hand has. */
export const NEXT_ID = '@@id@@'
/** What stands for the id of an open session of the sender. */
export const OWN_SESSION = 'own-session'

const OTHER_METHODS = [
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'initialize',
  'ping',
  'server/discover',
  'completion/complete',
  'logging/setLevel',
  'resources/subscribe',
  'subscriptions/listen',
  'tasks/get',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  '__proto__',
  '',
]

type Message = { method: string; params: unknown; name: string | undefined }

/** Messages to the MCP endpoint in the ways of both eras: calls of every tool, and all else that the protocol has. */
export function mcpRequests(tools: readonly Listed[], values: Values): fc.Arbitrary<Sent> {
  const calls = tools.map(({ name, inputSchema }) =>
    values
      .around(inputSchema)
      .map((args): Message => ({ method: 'tools/call', name, params: { name, arguments: args } })),
  )
  const read = values.text.map((uri): Message => ({
    method: 'resources/read',
    name: uri,
    params: { uri },
  }))
  const prompt = fc
    .tuple(fc.constantFrom('makeWithinBudget', 'explainSpending', 'none'), values.junk)
    .map(([name, args]): Message => ({
      method: 'prompts/get',
      name,
      params: { name, arguments: args },
    }))
  const other = fc
    .tuple(fc.constantFrom(...OTHER_METHODS), values.junk)
    .map(([method, params]): Message => ({ method, name: undefined, params }))
  const message = fc.oneof(
    { weight: 14, arbitrary: fc.oneof(...calls) },
    { weight: 3, arbitrary: read },
    { weight: 2, arbitrary: prompt },
    { weight: 3, arbitrary: other },
  )
  return fc.oneof(modern(message, values), legacy(message, values))
}

const JSON_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
}
const CLIENT = { name: 'fuzz', version: '1.0.0' }

/** Opens a session with a key. */
export const initialize = (key: string): Sent => ({
  target: 'initialize',
  method: 'POST',
  path: '/mcp',
  headers: { ...JSON_HEADERS, authorization: `Bearer ${key}` },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT },
  }),
})

/** As clients of 2026-07-28 send: all of it in one request, and its name in the headers too. */
function modern(messages: fc.Arbitrary<Message>, values: Values): fc.Arbitrary<Sent> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return messages.chain(({ method, params, name }) =>
    sent({ method, name, params: isObject(params) ? { ...params, _meta: meta } : params }, values, {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name !== undefined && { 'mcp-name': name }),
    }),
  )
}

/** As clients of 2025-11-25 send: in a session. */
function legacy(messages: fc.Arbitrary<Message>, values: Values): fc.Arbitrary<Sent> {
  const headers = { 'mcp-protocol-version': '2025-11-25', 'mcp-session-id': OWN_SESSION }
  return messages.chain((message) => sent(message, values, headers))
}

function sent(
  { method, params, name }: Message,
  values: Values,
  headers: Record<string, string>,
): fc.Arbitrary<Sent> {
  const right = fc.constant({ jsonrpc: '2.0', id: NEXT_ID, method, params })
  const target = method === 'tools/call' && name !== undefined ? name : method
  const bodies = fc.oneof(
    { weight: 8, arbitrary: right },
    { weight: 1, arbitrary: values.corrupted(right) },
    { weight: 1, arbitrary: fc.array(right, { maxLength: 3 }) },
  )
  return bodies.map((body) => ({
    target,
    method: 'POST',
    path: '/mcp',
    headers: { ...JSON_HEADERS, ...headers },
    body: toJson(body),
  }))
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
