import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '../accounts/caller.ts'
import { preparedQuery, type TransactionBody } from '../db/db.ts'
import type { Answer } from './answers.ts'
import { findReplay } from './begin.ts'
import type { OrderRequest } from './order.ts'
import type { GenerationDeps } from './deps.ts'
import { callCancelled } from './refuse.ts'
import { fingerprintOf, type PaidRequest } from './request.ts'

/** How long after its end a generation with a lost answer can be joined by the same call, in milliseconds. */
const JOIN_MS = 10 * 60_000

/** How often the leases of other processes are polled, in milliseconds. */
const POLL_MS = 100

/**
 * Returns the id of the generation that this call repeats: one with its idempotency key, or one whose answer was lost.
 * Null if it repeats none. Waits at most `timeoutMs`. Throws `idempotency_conflict` and `cancelled`.
 */
export async function findEarlier(
  deps: GenerationDeps,
  orderRequest: OrderRequest,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<string | null> {
  const { db, jobs, now, stopping } = deps
  await deps.recover() // the generations of a dead process must be found, too
  await deps.answers.lostNoted()
  if (orderRequest.idempotencyKey !== null) return await db.read(() => findReplay(orderRequest))
  const { owner } = jobs.lease()
  const search = (): Promise<Unheard> =>
    db.read(() => findUnheard(orderRequest.caller, orderRequest.request, owner, now()))
  const { lost, open } = await search()
  if (lost !== null || open.size === 0) return lost
  const undecided = await untilHeartbeat(open, search, { signal, timeoutMs, stopping })
  if (undecided !== null) return undecided
  await deps.recover()
  return (await search()).lost
}

/**
 * A killed process leaves its calls open, as a live one does. Waits until each call shows which it is: by a
 * heartbeat, by an answer, or by the end of its lease. Returns the id of a call that is still undecided at the timeout, or when
 * this process stops, because joining it is the safe choice. Returns null if all are decided. Throws `cancelled`.
 */
async function untilHeartbeat(
  open: Unheard['open'],
  search: () => Promise<Unheard>,
  {
    signal,
    timeoutMs,
    stopping,
  }: Record<'signal' | 'stopping', AbortSignal> & { timeoutMs: number },
): Promise<string | null> {
  const giveUpAt = performance.now() + timeoutMs
  for (let undecided = open; undecided.size > 0;) {
    if (signal.aborted) throw callCancelled()
    if (performance.now() >= giveUpAt || stopping.aborted) return [...undecided.keys()][0] ?? null
    await sleep(POLL_MS)
    const current = (await search()).open
    undecided = new Map([...undecided].filter(([id, until]) => current.get(id) === until))
  }
  return null
}

/** Generations of the same caller with the same arguments, whose answers it does not have. */
type Unheard = {
  /** The newest with a lost answer, which the call joins. It still runs, or ended less than ten minutes ago. */
  lost: string | null
  /**
   * Those in other processes, whose clients may still wait for the work or the answer: they count as separate calls.
   * Newest first, with the ends of their leases in milliseconds since 1970.
   */
  open: ReadonlyMap<string, number>
}

function* findUnheard(
  { account, keyId }: Caller,
  request: PaidRequest,
  owner: string,
  at: number,
): TransactionBody<Unheard> {
  const rows = yield* selectUnheard({
    account_id: account.id,
    key_id: keyId,
    fingerprint: fingerprintOf(request),
    since: at - JOIN_MS,
  })
  const isLost = (row: Row): boolean => row.answer === 'lost' || row.lease_until < at
  const open = rows.filter((row) => !isLost(row) && row.lease_owner !== owner)
  return {
    lost: rows.find(isLost)?.id ?? null,
    open: new Map(open.map(({ id, lease_until }) => [id, lease_until])),
  }
}

type Row = { answer: Answer; lease_until: number }
type Search = { account_id: string; key_id: string; fingerprint: string; since: number }

const selectUnheard = preparedQuery((db, p: Search, sql) =>
  db
    .selectFrom('generation')
    .innerJoin('hold', 'hold.id', 'generation.id')
    .select([
      'generation.id',
      'generation.answer',
      'generation.lease_owner',
      'generation.lease_until',
    ])
    .where('generation.account_id', '=', p.account_id)
    .where('generation.fingerprint', '=', p.fingerprint)
    .where('generation.answer', '<>', sql.lit('heard'))
    .where('generation.idempotency_key', 'is', null)
    .where('hold.key_id', '=', p.key_id)
    .where('generation.status', 'not in', ['failed', 'unknown']) // of an unknown outcome there may never be a result
    .where((eb) =>
      eb.or([eb('generation.finished_at', 'is', null), eb('generation.finished_at', '>', p.since)]),
    )
    .orderBy('generation.id', 'desc'),
)
