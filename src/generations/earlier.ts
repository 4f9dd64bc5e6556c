import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '../accounts/caller.ts'
import { preparedQuery, type Unit } from '../db/db.ts'
import type { Answer } from './answers.ts'
import { findReplay } from './begin.ts'
import type { Asked } from './order.ts'
import type { GenerationDeps } from './deps.ts'
import { callCancelled } from './refuse.ts'
import { fingerprintOf, type PaidRequest } from './request.ts'

/** How long after its end a generation whose answer was lost is joined by the same call, in milliseconds. */
const JOIN_MS = 10 * 60_000

/** How often the leases of other processes are looked at, in milliseconds. */
const POLL_MS = 100

/**
 * The id of the generation that this call repeats, by its idempotency key or because the answer was lost. Null where
 * it repeats none. Throws `idempotency_conflict` and `cancelled`.
 */
export async function findEarlier(
  deps: GenerationDeps,
  asked: Asked,
  signal: AbortSignal,
  patienceMs: number,
): Promise<string | null> {
  const { db, jobs, now } = deps
  await deps.recover() // what a dead process still holds must not be missing here
  await deps.answers.left()
  if (asked.idempotencyKey !== null) return await db.read(() => findReplay(asked))
  const { owner } = jobs.lease()
  const search = (): Promise<Unheard> =>
    db.read(() => findUnheard(asked.caller, asked.request, owner, now()))
  const { lost, open } = await search()
  if (lost !== null || open.size === 0) return lost
  const silent = await untilHeartbeat(open, search, { signal, patienceMs })
  if (silent !== null) return silent
  await deps.recover()
  return (await search()).lost
}

/**
 * A process that was killed leaves its call open like one that lives. Waits until each has shown which it is: by a
 * heartbeat, or by the end of its lease or of its work. Returns a call whose process has shown nothing when the patience
 * ends; to join it is the safe choice. Null where each has shown it. Throws `cancelled`.
 */
async function untilHeartbeat(
  open: Unheard['open'],
  search: () => Promise<Unheard>,
  { signal, patienceMs }: { signal: AbortSignal; patienceMs: number },
): Promise<string | null> {
  const giveUpAt = performance.now() + patienceMs
  for (let silent = open; silent.size > 0;) {
    if (signal.aborted) throw callCancelled()
    if (performance.now() >= giveUpAt) return [...silent.keys()][0] ?? null
    await sleep(POLL_MS)
    const current = (await search()).open
    silent = new Map([...silent].filter(([id, until]) => current.get(id) === until))
  }
  return null
}

/** What the same caller asked for with the same arguments, and has not heard of. */
type Unheard = {
  /** The newest whose answer was lost, which the call joins: it still runs, or ended less than ten minutes ago. */
  lost: string | null
  /** Those in other processes that a client may still wait for: two at once are two wishes. Newest first, with the ends of their leases. */
  open: ReadonlyMap<string, number>
}

function* findUnheard(
  { account, keyId }: Caller,
  request: PaidRequest,
  owner: string,
  at: number,
): Unit<Unheard> {
  const rows = yield* selectUnheard({
    account_id: account.id,
    key_id: keyId,
    fingerprint: fingerprintOf(request),
    since: at - JOIN_MS,
  })
  const isLost = (row: Row): boolean => row.answer === 'lost' || row.lease_until < at
  const open = rows.filter(
    (row) => !isLost(row) && row.status === 'running' && row.lease_owner !== owner,
  )
  return {
    lost: rows.find(isLost)?.id ?? null,
    open: new Map(open.map(({ id, lease_until }) => [id, lease_until])),
  }
}

type Row = { id: string; answer: Answer; lease_until: number }
type Search = { account_id: string; key_id: string; fingerprint: string; since: number }

const selectUnheard = preparedQuery((db, p: Search, sql) =>
  db
    .selectFrom('generation')
    .innerJoin('hold', 'hold.id', 'generation.id')
    .select([
      'generation.id',
      'generation.status',
      'generation.answer',
      'generation.lease_owner',
      'generation.lease_until',
    ])
    .where('generation.account_id', '=', p.account_id)
    .where('generation.fingerprint', '=', p.fingerprint)
    .where('generation.answer', '<>', sql.lit('heard'))
    .where('generation.idempotency_key', 'is', null)
    .where('hold.key_id', '=', p.key_id)
    .where('generation.status', '<>', 'failed')
    .where('generation.error', 'is', null) // in doubt: no result may ever come
    .where((eb) =>
      eb.or([eb('generation.finished_at', 'is', null), eb('generation.finished_at', '>', p.since)]),
    )
    .orderBy('generation.id', 'desc'),
)
