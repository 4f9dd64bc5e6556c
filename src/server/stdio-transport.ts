import type { Readable, Writable } from 'node:stream'
import {
  isJSONRPCNotification,
  parseJSONRPCMessage,
  ProtocolErrorCode,
  type JSONRPCMessage,
  type RequestId,
  type Transport,
} from '@modelcontextprotocol/server'
import { readJson } from '../text.ts'
import { BATCH_VERSION, createBatches, NO_BATCH } from './mcp/batches.ts'
import { createLineReader, type Refused } from './lines.ts'

const BYTE_ORDER_MARK = '\uFEFF'

const NOT_JSON = 'Parse error: this line is not JSON.'
const NO_MESSAGE = 'Invalid request: this is not a JSON-RPC 2.0 message.'

/**
 * Creates a transport with one JSON message per line, read from `input` and written to `output`. An invalid
 * line gets an error response and is reported to `onerror` without its content. Reading then continues.
 */
export function createStdioTransport(
  input: Readable,
  output: Writable,
  { maxBytes }: { maxBytes: number },
): Transport {
  let version: string | undefined
  const write = (message: object): Promise<void> =>
    new Promise((resolve, reject) => {
      output.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()))
    })
  /** Writes without waiting. Errors are ignored, because a closed stdout is reported by its `close` event. */
  const reply = (message: object): void => void write(message).catch(() => {})
  const failure = (code: number, message: string, id: RequestId | null = null): object => {
    transport.onerror?.(new Error(message))
    return { jsonrpc: '2.0', id, error: { code, message } }
  }
  const batches = createBatches(reply)

  const deliver = (message: JSONRPCMessage): void => {
    transport.onmessage?.(message)
    const cancelledId = cancelledBy(message)
    if (cancelledId !== undefined) batches.settle(cancelledId) // it gets no response, so its batch must not wait for one
  }
  const receive = (value: unknown): void => {
    const message = messageIn(value)
    if (message !== null) deliver(message)
    else if (isResponse(value)) transport.onerror?.(new Error(NO_MESSAGE))
    else reply(failure(ProtocolErrorCode.InvalidRequest, NO_MESSAGE, idIn(value)))
  }
  const receiveAll = (values: readonly unknown[]): void => {
    if (version !== BATCH_VERSION || values.length === 0)
      return reply(failure(ProtocolErrorCode.InvalidRequest, NO_BATCH))
    const refuse = () => failure(ProtocolErrorCode.InvalidRequest, NO_MESSAGE)
    for (const message of batches.open(values.map(messageIn), refuse)) deliver(message)
  }
  let isFirst = true
  const lines = createLineReader(maxBytes, (line) => {
    const isText = typeof line === 'string'
    const text = isText && isFirst && line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line
    isFirst = false
    if (typeof text !== 'string')
      return reply(
        failure(ProtocolErrorCode.InvalidParams, refusalOf(text, maxBytes), idAround(text)),
      )
    if (text.trim() === '') return
    const value = readJson(text)
    if (value === undefined) reply(failure(ProtocolErrorCode.ParseError, NOT_JSON))
    else if (Array.isArray(value)) receiveAll(value)
    else receive(value)
  })

  const onError = (error: Error): void => transport.onerror?.(error)
  const transport: Transport = {
    start: async () => {
      input.on('data', lines.push)
      input.once('end', lines.end)
      input.on('error', onError)
      output.on('error', onError)
      output.once('close', () => void transport.close())
    },
    send: async (message) => {
      const answered = 'method' in message ? undefined : message.id
      if (answered === undefined || !batches.settle(answered, message)) await write(message)
    },
    setProtocolVersion: (agreed) => void (version = agreed),
    close: async () => {
      input.off('data', lines.push)
      input.off('end', lines.end)
      transport.onclose?.()
    },
  }
  return transport
}

function messageIn(value: unknown): JSONRPCMessage | null {
  try {
    return parseJSONRPCMessage(value)
  } catch {
    return null
  }
}

/** Returns the id of an invalid request if it has a usable one, else null. */
function idIn(value: unknown): RequestId | null {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null
  return typeof id === 'string' || Number.isInteger(id) ? (id as RequestId) : null
}

/** Whether a value is a response. A response never gets a response, even if it is invalid. */
function isResponse(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('result' in value || 'error' in value)
}

function cancelledBy(message: JSONRPCMessage): RequestId | undefined {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return undefined
  if (!isJSONRPCNotification(message)) return undefined
  return (message.params as { requestId?: RequestId } | undefined)?.requestId
}

function refusalOf({ error }: Refused, maxBytes: number): string {
  return error === null
    ? `Invalid request: this message is longer than ${maxBytes / 1024 / 1024} MiB.`
    : `invalid_input: ${error.message} ${error.hint}`
}

const ID = String.raw`"id"\s*:\s*("[^"\\]{0,128}"|\d{1,15})`
const ID_FIRST = new RegExp(String.raw`^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?${ID}\s*,`)
const ID_LAST = new RegExp(String.raw`,\s*${ID}\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$`)

/** Returns the id of a message that was not read, if it is at the beginning or the end: client libraries write it there. */
function idAround({ head, tail }: Refused): RequestId | null {
  const found = (ID_FIRST.exec(head) ?? ID_LAST.exec(tail))?.[1]
  return found === undefined ? null : (JSON.parse(found) as RequestId)
}
