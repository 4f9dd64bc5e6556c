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
import { createLineReader } from './lines.ts'

const BYTE_ORDER_MARK = '\uFEFF'

const NO_JSON = 'Parse error: this line is no JSON.'
const NO_MESSAGE = 'Invalid request: this is no message of JSON-RPC 2.0.'

/**
 * Messages by lines: from `input` to whoever listens, and back on `wire`. What is no message is answered with an
 * error and told to `onerror`, without its content, and the next line is read as if nothing had been.
 */
export function createStdioTransport(
  input: Readable,
  wire: Writable,
  { maxBytes }: { maxBytes: number },
): Transport {
  let version: string | undefined
  const write = (message: object): Promise<void> =>
    new Promise((resolve, reject) => {
      wire.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()))
    })
  /** For what nobody waits for: that the wire is gone shows in an event of its own. */
  const say = (message: object): void => void write(message).catch(() => {})
  const refused = (code: number, message: string, id: RequestId | null = null): object => {
    transport.onerror?.(new Error(message))
    return { jsonrpc: '2.0', id, error: { code, message } }
  }
  const batches = createBatches(say)

  const deliver = (message: JSONRPCMessage): void => {
    transport.onmessage?.(message)
    const givenUp = cancelledBy(message)
    if (givenUp !== undefined) batches.settle(givenUp) // nobody answers it: its list must not wait
  }
  const receive = (value: unknown): void => {
    const message = messageIn(value)
    if (message !== null) deliver(message)
    else if (isAnswer(value)) transport.onerror?.(new Error(NO_MESSAGE))
    else say(refused(ProtocolErrorCode.InvalidRequest, NO_MESSAGE, idIn(value)))
  }
  const receiveAll = (values: readonly unknown[]): void => {
    if (version !== BATCH_VERSION || values.length === 0)
      return say(refused(ProtocolErrorCode.InvalidRequest, NO_BATCH))
    const refuse = () => refused(ProtocolErrorCode.InvalidRequest, NO_MESSAGE)
    for (const message of batches.open(values.map(messageIn), refuse)) deliver(message)
  }
  let isFirst = true
  const lines = createLineReader(maxBytes, (line) => {
    const text = isFirst && line?.startsWith(BYTE_ORDER_MARK) === true ? line.slice(1) : line
    isFirst = false
    if (text === null) return say(refused(ProtocolErrorCode.InvalidRequest, tooLong(maxBytes)))
    if (text.trim() === '') return
    const value = readJson(text)
    if (value === undefined) say(refused(ProtocolErrorCode.ParseError, NO_JSON))
    else if (Array.isArray(value)) receiveAll(value)
    else receive(value)
  })

  const onError = (error: Error): void => transport.onerror?.(error)
  const transport: Transport = {
    start: async () => {
      input.on('data', lines.push)
      input.once('end', lines.end)
      input.on('error', onError)
      wire.on('error', onError)
      wire.once('close', () => void transport.close())
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

/** The id that a request seems to have; null where there is none to answer to. */
function idIn(value: unknown): RequestId | null {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null
  return typeof id === 'string' || Number.isInteger(id) ? (id as RequestId) : null
}

/** What answers is not answered, however wrong it is. */
function isAnswer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('result' in value || 'error' in value)
}

function cancelledBy(message: JSONRPCMessage): RequestId | undefined {
  if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled')
    return undefined
  return (message.params as { requestId?: RequestId } | undefined)?.requestId
}

function tooLong(maxBytes: number): string {
  return `Invalid request: this message is longer than ${maxBytes / 1024 / 1024} MiB.`
}
