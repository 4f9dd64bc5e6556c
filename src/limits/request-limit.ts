import type { RateLimiterMemory } from 'rate-limiter-flexible'
import { AppError, waitSeconds } from '../errors.ts'
import { memoizeAsync } from '../once.ts'

/** Least limits of one key a minute, for requests and for new MCP sessions. */
const REQUESTS = 600
const SESSIONS = 60
/** Requests that go with each paid call: those that ask for its price, its result and the balance. */
const REQUESTS_PER_CALL = 10

/** Clients that may register, and documents of clients that are fetched, in a minute, whoever asks. */
const REGISTRATIONS = 60

/** Sign-ins that may begin in a minute, whoever asks: each writes a row. */
const SIGN_INS = 600

const WHAT = {
  requests: 'requests of this key',
  sessions: 'new sessions of this key',
  registrations: 'registrations of clients',
  signIns: 'sign-ins',
} as const
type Kind = keyof typeof WHAT

export type RequestLimit = {
  /** Counts a request or a new session of a key, a registration of a client, or a sign-in. Throws `rate_limited` if it is above the limit. */
  count(subject: string, kind: Kind): Promise<void>
  /** Takes one request back that was counted as a call by another limit. */
  giveBack(keyId: string): void
}

/**
 * Allows 600 requests and 60 new sessions a minute for each API key, or more where `callsPerMinute` is raised. Counts in
 * the memory of this process, which it protects: a shared count would cost each request a write to the database.
 */
export function createRequestLimit(callsPerMinute: number): RequestLimit {
  const limits: Record<Kind, number> = {
    requests: Math.max(REQUESTS, REQUESTS_PER_CALL * callsPerMinute),
    sessions: Math.max(SESSIONS, callsPerMinute),
    registrations: REGISTRATIONS,
    signIns: SIGN_INS,
  }
  const opened = memoizeAsync<RateLimiterMemory>()
  const counterOf = (kind: Kind): Promise<RateLimiterMemory> =>
    opened(kind, async () => {
      const { RateLimiterMemory } = await import('rate-limiter-flexible')
      return new RateLimiterMemory({ points: limits[kind], duration: 60 })
    })
  return {
    count: async (keyId, kind) => {
      const counter = await counterOf(kind)
      const refused = await counter.consume(keyId).then(
        () => null,
        ({ msBeforeNext }: { msBeforeNext: number }) => waitSeconds(msBeforeNext),
      )
      if (refused !== null) throw tooMany(WHAT[kind], limits[kind], refused)
    },
    giveBack: (keyId) => {
      if (keyId !== '') void counterOf('requests').then((counter) => counter.reward(keyId))
    },
  }
}

function tooMany(what: string, limit: number, seconds: number): AppError {
  return new AppError('rate_limited', `More than ${limit} ${what} in a minute.`, {
    hint: `Wait ${seconds} s, then go on.`,
    facts: { retryAfterSeconds: seconds },
  })
}
