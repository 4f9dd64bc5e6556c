import type { Caller } from '../accounts/caller.ts'
import { silent, statement, type Db, type Unit } from '../db/db.ts'
import type { Log } from '../log.ts'
import type { PaidRequest } from './request.ts'
import { fingerprintOf } from './request.ts'

/** How long after its end a generation whose answer was lost is joined by the same call, in milliseconds. */
export const JOIN_MS = 10 * 60_000

/** Whether a call waits for its answer, went without it, or has it. */
export type Answer = 'open' | 'lost' | 'heard'

export type Answers = {
  /** The caller has the answer: the same call makes a new generation. Not awaited by the caller. */
  heard(id: string): void
  /** The caller left or was handed over: the same call joins this generation. */
  lost(id: string): Promise<void>
  /** Waits until it is noted who left: a call may be the same one again. */
  left(): Promise<void>
  /** Waits for all that is still to be noted. */
  settled(): Promise<void>
}

/** Notes who heard an answer. What cannot be noted is logged: the worst is a repeat that is joined. */
export function createAnswers({ db, log }: { db: Db; log: Log }): Answers {
  const open = { heard: new Set<Promise<void>>(), lost: new Set<Promise<void>>() }
  const note = (id: string, answer: 'heard' | 'lost'): Promise<void> => {
    const noted = db
      .write(function* noteOne() {
        yield* noteAnswer({ id, answer })
      })
      .catch((error: unknown) => log.warn('generation.answer_not_noted', { generation: id, error }))
      .finally(() => open[answer].delete(noted))
    open[answer].add(noted)
    return noted
  }
  return {
    heard: (id) => void note(id, 'heard'),
    lost: (id) => note(id, 'lost'),
    left: async () => void (await Promise.all(open.lost)),
    settled: async () => void (await Promise.all([...open.heard, ...open.lost])),
  }
}

/**
 * The generation that the same caller asked for with the same arguments and never heard of: it still runs, or ended
 * less than ten minutes ago. Null where there is none. A call that is being waited for is not joined: two at once are
 * two wishes.
 */
export function* findUnheard(
  { account, keyId }: Caller,
  request: PaidRequest,
  at: number,
): Unit<string | null> {
  const [found] = yield* selectUnheard({
    account_id: account.id,
    key_id: keyId,
    fingerprint: fingerprintOf(request),
    at,
    since: at - JOIN_MS,
  })
  return found?.id ?? null
}

/** What was heard stays heard. */
const noteAnswer = silent((db, p: { id: string; answer: Answer }) =>
  db
    .updateTable('generation')
    .set({ answer: p.answer })
    .where('id', '=', p.id)
    .where('answer', '<>', 'heard'),
)

type Search = { account_id: string; key_id: string; fingerprint: string; at: number; since: number }

/** A call whose process has died waits no more: its lease has run out. */
const selectUnheard = statement((db, p: Search, sql) =>
  db
    .selectFrom('generation')
    .innerJoin('hold', 'hold.id', 'generation.id')
    .select('generation.id')
    .where('generation.account_id', '=', p.account_id)
    .where('generation.fingerprint', '=', p.fingerprint)
    .where('generation.answer', '<>', sql.lit('heard'))
    .where('generation.idempotency_key', 'is', null)
    .where('hold.key_id', '=', p.key_id)
    .where('generation.status', '<>', 'failed')
    .where('generation.error', 'is', null) // in doubt: no result may ever come
    .where((eb) =>
      eb.or([eb('generation.answer', '=', 'lost'), eb('generation.lease_until', '<', p.at)]),
    )
    .where((eb) =>
      eb.or([eb('generation.finished_at', 'is', null), eb('generation.finished_at', '>', p.since)]),
    )
    .orderBy('generation.id', 'desc')
    .limit(1),
)
