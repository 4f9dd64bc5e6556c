import type { Caller } from '../accounts/caller.ts'
import { AppError } from '../errors.ts'
import { onceEach } from '../once.ts'

/** How many calls were counted in the running minute of one key, and when it ends. */
export type Count = { used: number; resetsInMs: number }

/** Port to a store of counts that all processes on one ledger share. */
export interface CallCounter {
  add(subject: string): Promise<Count>
  read(subject: string): Promise<Count>
  close(): Promise<void>
}

export type CallWindow = { limit: number; remaining: number; resetsInMs: number }

export type CallLimit = {
  /** Throws `rate_limited` where the minute is used up; counts nothing. */
  assertOpen(caller: CallSubject): Promise<void>
  /** Counts a call. Throws `rate_limited` where it is one too many. */
  count(caller: CallSubject): Promise<void>
  window(caller: CallSubject): Promise<CallWindow>
  close(): Promise<void>
}

type CallSubject = Pick<Caller, 'account' | 'keyId'>

/**
 * At most `limit` paid calls and uploads a minute for each API key, or for an account that is used
 * without one, whatever transport they come by. The counter is opened with its first use.
 */
export function createCallLimit(open: () => Promise<CallCounter>, limit: number): CallLimit {
  let opened = false
  const once = onceEach<CallCounter>()
  const counter = async (): Promise<CallCounter> => {
    opened = true
    return await once('', open)
  }
  const read = async (caller: CallSubject): Promise<Count> =>
    await (await counter()).read(subjectOf(caller))
  return {
    assertOpen: async (caller) => {
      const { used, resetsInMs } = await read(caller)
      if (used >= limit) throw rateLimited(limit, resetsInMs)
    },
    count: async (caller) => {
      const { used, resetsInMs } = await (await counter()).add(subjectOf(caller))
      if (used > limit) throw rateLimited(limit, resetsInMs)
    },
    window: async (caller) => {
      const { used, resetsInMs } = await read(caller)
      return { limit, remaining: Math.max(0, limit - used), resetsInMs }
    },
    close: async () => {
      if (opened) await (await counter()).close()
    },
  }
}

function subjectOf({ account, keyId }: CallSubject): string {
  return keyId === '' ? account.id : keyId
}

function rateLimited(limit: number, resetsInMs: number): AppError {
  const seconds = Math.max(1, Math.ceil(resetsInMs / 1000))
  return new AppError('rate_limited', `More than ${limit} paid calls in a minute.`, {
    hint: `Wait ${seconds} s, then call again. The operator sets the limit with INKWELL_MAX_CALLS_PER_MINUTE.`,
    facts: { retryAfterSeconds: seconds },
  })
}
