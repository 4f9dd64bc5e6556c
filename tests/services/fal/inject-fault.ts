import { isFileFault, isWireFault, type Fault, type FileFault, type WireFault } from './fault.ts'
import type { Call, EmulatorContext, Incoming } from './context.ts'
import { html, json, type Outcome, type Reply } from './reply.ts'

/** Answers a call and injects its fault, if any. */
export async function answerWith(
  fault: Fault | undefined,
  answer: Call['answer'],
  request: { context: EmulatorContext; incoming: Incoming },
): Promise<Outcome> {
  if (fault === undefined) return answer()
  if (isFileFault(fault)) return corruptFile(fault, await answer(), request)
  return isWireFault(fault) ? injectFault(fault, answer) : answer()
}

async function injectFault(fault: WireFault, answer: Call['answer']): Promise<Outcome> {
  const lost = 'after' in fault && fault.after ? await answer() : undefined
  switch (fault.kind) {
    case 'reset':
    case 'hang':
      return fault.kind
    case 'html':
      return html(fault.status, GATEWAY[fault.status], idOf(lost))
    case 'serverError':
      return json(500, { detail: 'Internal Server Error' })
    case 'tooMany':
      return json(
        429,
        { detail: 'Too many requests' },
        { 'retry-after': String(fault.retryAfterSeconds ?? 1) },
      )
    case 'locked':
      return json(403, { detail: LOCKED })
    case 'malformed':
      return { ...(await answer()), body: Buffer.from('{"images":[{"url":"https://v3b.') }
    case 'nullBody':
      return { ...(await answer()), body: Buffer.from('null') }
    case 'noRequestId': {
      const reply = await answer()
      const { 'x-fal-request-id': _, ...headers } = reply.headers
      return { ...reply, headers }
    }
  }
}

/** A request that reached fal's servers keeps its id, even if a gateway answers. */
function idOf(lost: Reply | undefined): Record<string, string> {
  const id = lost?.headers['x-fal-request-id']
  return id === undefined ? {} : { 'x-fal-request-id': id }
}

const GATEWAY = {
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
} as const

const LOCKED =
  'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.'

const OVERSIZED_BYTES = 64 * 2 ** 20
const CHUNK = 64 * 1024

function corruptFile(
  fault: FileFault,
  reply: Reply,
  { context, incoming }: { context: EmulatorContext; incoming: Incoming },
): Reply {
  const { body, headers } = reply
  if (!Buffer.isBuffer(body)) return reply
  switch (fault.kind) {
    case 'oversized': {
      const total = Math.max(fault.bytes ?? OVERSIZED_BYTES, body.length)
      const declared = fault.declared === true ? { 'content-length': String(total) } : {}
      return { ...reply, headers: { ...headers, ...declared }, body: padded(body, total) }
    }
    case 'truncated':
      return { ...reply, cutAfter: body.length >> 1 }
    case 'redirect':
      // To a host that is not fal's but is on this emulator, so that following it is recorded.
      return {
        status: 302,
        headers: { location: `${context.origin()}/${ELSEWHERE}${incoming.path}` },
        body: Buffer.alloc(0),
      }
    case 'expired':
      return json(404, { detail: 'File not found' })
    case 'htmlFile':
      return html(200, 'Just a moment...')
    case 'wrongFileType':
      return { ...reply, headers: { ...headers, 'content-type': fault.contentType } }
  }
}

/** Target host of a redirected download. It serves the file, so only the recorded requests show the redirect. */
export const ELSEWHERE = 'elsewhere.example'

/** Yields the file, then zeros up to the requested size in bytes. */
async function* padded(start: Buffer, total: number): AsyncGenerator<Buffer> {
  yield start
  const zeros = Buffer.alloc(CHUNK)
  for (let left = total - start.length; left > 0; left -= CHUNK) {
    yield zeros.subarray(0, Math.min(CHUNK, left))
  }
}
