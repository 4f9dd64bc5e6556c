import type { Caller } from '../accounts/caller.ts'
import { AppError, waitSeconds } from '../errors.ts'
import { memoizeAsync } from '../once.ts'

/** `paid`: calls that cost something, and uploads. `free`: calls of local models. Each kind is counted separately. */
type CallKind = 'paid' | 'free'

/** The calls counted in the current minute of one subject, and the time until it ends. */
export type Count = { used: number; resetsInMs: number }

/** Port to a store of counts that all processes on one ledger share. Each subject has its own minute. */
export interface CallCounter {
  /** Adds one call. Returns the count with it. */
  add(subject: string): Promise<Count>
  read(subject: string): Promise<Count>
  close(): Promise<void>
}

type CallWindow = { limit: number; remaining: number; resetsInMs: number }

export type CallLimit = {
  /** Throws `rate_limited` if the minute is used up. Counts nothing. */
  assertOpen(caller: CallSubject, kind: CallKind): Promise<void>
  /** Counts a call. Throws `rate_limited` if it is above the limit. */
  count(caller: CallSubject, kind: CallKind): Promise<void>
  /** Returns the current minute of paid calls. */
  window(caller: CallSubject): Promise<CallWindow>
  close(): Promise<void>
}

type CallSubject = Pick<Caller, 'account' | 'keyId'>

/**
 * Allows `limit` paid calls and uploads a minute for each API key, or for an account that is used without a key,
 * over all transports; and as many free calls. The counter is opened at its first use. `onCounted` is called for each call
 * within the limit.
 */
export function createCallLimit(
  open: () => Promise<CallCounter>,
  limit: number,
  onCounted: (caller: CallSubject) => void = () => {},
): CallLimit {
  let opened = false
  const once = memoizeAsync<CallCounter>()
  const counter = async (): Promise<CallCounter> => {
    opened = true
    return await once('', open)
  }
  const read = async (caller: CallSubject, kind: CallKind): Promise<Count> =>
    await (await counter()).read(subjectOf(caller, kind))
  return {
    assertOpen: async (caller, kind) => {
      const { used, resetsInMs } = await read(caller, kind)
      if (used >= limit) throw rateLimited(kind, limit, resetsInMs)
    },
    count: async (caller, kind) => {
      const { used, resetsInMs } = await (await counter()).add(subjectOf(caller, kind))
      if (used > limit) throw rateLimited(kind, limit, resetsInMs)
      onCounted(caller)
    },
    window: async (caller) => {
      const { used, resetsInMs } = await read(caller, 'paid')
      return { limit, remaining: Math.max(0, limit - used), resetsInMs }
    },
    close: async () => {
      if (opened) await (await counter()).close()
    },
  }
}

function subjectOf({ account, keyId }: CallSubject, kind: CallKind): string {
  const subject = keyId === '' ? account.id : keyId
  return kind === 'paid' ? subject : `${subject} free`
}

const CALLS: Record<CallKind, string> = {
  paid: 'paid calls',
  free: 'free calls of local models',
}

function rateLimited(kind: CallKind, limit: number, resetsInMs: number): AppError {
  const seconds = waitSeconds(resetsInMs)
  return new AppError('rate_limited', `More than ${limit} ${CALLS[kind]} in a minute.`, {
    hint: `Wait ${seconds} s, then call again.`,
    localHint: 'INKWELL_MAX_CALLS_PER_MINUTE sets the limit.',
    facts: { retryAfterSeconds: seconds },
  })
}
