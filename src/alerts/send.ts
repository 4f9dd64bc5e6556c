import { codeOf } from '../errors.ts'
import { NotPublicError, postPublic } from '../network/post-public.ts'
import type { Hosts } from '../network/public-hosts.ts'
import type { Answer } from './delivery.ts'
import type { Message } from './message.ts'

/** Where messages go, the `whsec_…` that signs them, and how long an answer may take, in milliseconds. */
export type Receiver = {
  url: string
  secret: string
  timeoutMs?: number
  /** Set where the address comes from outside: only public https hosts are connected to. */
  publicHosts?: Hosts
}

const TIMEOUT_MS = 10_000
/** The receiver wants no more of it. */
const GONE = 410

/**
 * Sends a message, signed at `at` (milliseconds since 1970). Redirects are not followed, and of the answer only its status
 * is read. Never rejects: returns what came of it, without the address.
 */
export async function send(
  { url, secret, timeoutMs = TIMEOUT_MS, publicHosts }: Receiver,
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
  const signal = AbortSignal.timeout(timeoutMs)
  const post = { headers, body, signal }
  try {
    const status =
      publicHosts === undefined
        ? await postAnywhere(url, post)
        : await postPublic(new URL(url), post, publicHosts)
    return answerOf(status)
  } catch (error) {
    const says = signal.aborted ? `no answer within ${timeoutMs / 1000} s` : faultIn(error)
    return { outcome: 'failed', says }
  }
}

async function postAnywhere(
  url: string,
  post: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<number> {
  const { status, body } = await fetch(url, { method: 'POST', redirect: 'manual', ...post })
  body?.cancel().catch(() => {})
  return status
}

function faultIn(error: unknown): string {
  if (error instanceof NotPublicError) return 'its address leads to a private network'
  const code = codeOf(error instanceof Error ? (error.cause ?? error) : undefined)
  return `no connection${code === '' ? '' : ` (${code})`}`
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
