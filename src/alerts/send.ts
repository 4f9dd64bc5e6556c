import { codeOf } from '../errors.ts'
import type { Message } from './message.ts'
import type { Answer } from './outbox.ts'

/** Where messages go, the `whsec_…` that signs them, and how long an answer may take, in milliseconds. */
export type Receiver = { url: string; secret: string; timeoutMs?: number }

const TIMEOUT_MS = 10_000
/** The receiver wants no more of it. */
const GONE = 410

/**
 * Sends a message, signed at `at` (milliseconds since 1970). Redirects are not followed, and of the answer only its status
 * is read. Never rejects: returns what came of it, without the address.
 */
export async function send(
  { url, secret, timeoutMs = TIMEOUT_MS }: Receiver,
  { id, body }: Message,
  at: number,
): Promise<Answer> {
  const { default: standard } = await import('standardwebhooks') // its names get lost in a bundle
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'inkwell',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': new standard.Webhook(secret).sign(id, new Date(at), body),
  }
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
    response.body?.cancel().catch(() => {})
    return answerOf(response.status)
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError')
      return { outcome: 'failed', says: `no answer within ${timeoutMs / 1000} s` }
    const code = codeOf(error instanceof Error ? error.cause : undefined)
    return { outcome: 'failed', says: `no connection${code === '' ? '' : ` (${code})`}` }
  }
}

function answerOf(status: number): Answer {
  if (status >= 200 && status < 300) return { outcome: 'delivered', says: `HTTP ${status}` }
  if (status === GONE) return { outcome: 'refused', says: `HTTP ${status}: it wants no more` }
  const isRedirect = status >= 300 && status < 400
  return {
    outcome: 'failed',
    says: `HTTP ${status}${isRedirect ? ', a redirect, which is not followed' : ''}`,
  }
}
