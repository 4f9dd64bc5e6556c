import { once } from 'node:events'
import { request, type Agent, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { NEXT_ID, OWN_SESSION } from './mcp.ts'
import type { Sent } from './rest.ts'

export type Answer = { status: number; headers: string; text: string; tookMs: number }

/** Longest time to an answer, in milliseconds: above the 45 seconds after which a call is handed over. */
const DEADLINE_MS = 60_000
const BLOCK = Buffer.alloc(1024 * 1024, ' ')

let lastId = 0
/** Messages in hand must differ in their ids: the server could not tell their answers apart. */
const numbered = (body: string): string =>
  body.replaceAll(`"${NEXT_ID}"`, () => String((lastId += 1)))

type Way = { url: string; agent: Agent; session: string | undefined }

/** Sends one request and reads its answer to the end. Throws where none comes in time. */
export async function send(sent: Sent, way: Way): Promise<Answer> {
  const { url, agent, session } = way
  const { method, path, body } = sent
  const begunAt = performance.now()
  const headers = { ...sent.headers }
  if (headers['mcp-session-id'] === OWN_SESSION) headers['mcp-session-id'] = session ?? 'none'
  if (typeof body === 'number' && headers['transfer-encoding'] === undefined)
    headers['content-length'] = String(body)
  const { hostname, port } = new URL(url)
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const asked = request({ hostname, port, agent, method, path, headers, signal })
  asked.on('error', () => {}) // it may come after the answer
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>
  if (typeof body === 'number')
    for (let left = body; left > 0; left -= BLOCK.length)
      asked.write(BLOCK.subarray(0, Math.min(left, BLOCK.length)))
  asked.end(typeof body === 'string' ? numbered(body) : typeof body === 'number' ? null : body)
  const [answer] = await answered.catch((error: NodeJS.ErrnoException) => {
    if (/^(ECONNRESET|EPIPE)$/.test(error.code ?? '')) return [null]
    throw error
  })
  if (answer === null) {
    // A server that does not read a large body to its end may close before its answer is seen, and the
    // connection that it closes may have been given to the next request.
    if (typeof body === 'number')
      return { status: 0, headers: '', text: '', tookMs: since(begunAt) }
    if (asked.reusedSocket) return await send(sent, way)
    throw new Error('the connection was closed without an answer')
  }
  const shown = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`)
  return {
    status: answer.statusCode ?? 0,
    headers: shown.join('\n'),
    text: isEndless(sent, answer) ? end(answer) : await text(answer),
    tookMs: since(begunAt),
  }
}

const since = (begunAt: number): number => performance.now() - begunAt

/** A stream on which the server may speak first. */
function isEndless({ method, body }: Sent, { headers }: IncomingMessage): boolean {
  const isStream = headers['content-type']?.startsWith('text/event-stream') ?? false
  return (
    isStream &&
    (method === 'GET' || (typeof body === 'string' && body.includes('subscriptions/listen')))
  )
}

function end(answer: IncomingMessage): string {
  answer.on('error', () => {})
  answer.destroy()
  return ''
}

/** Sends bytes as they are and reads what comes until the connection ends. */
export async function sendRaw(bytes: string, url: string): Promise<Answer> {
  const begunAt = performance.now()
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error('no answer in time')))
  socket.end(bytes, 'latin1')
  const answer = await text(socket)
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    headers: head,
    text: rest.join('\r\n\r\n'),
    tookMs: since(begunAt),
  }
}
