import { firstOrThrow, execute, preparedQuery, type RawSql, type Unit } from '../db/db.ts'
import { lockAccount } from '../ledger/queries/account.ts'
import { asRows } from '../ledger/batch/queries.ts'
import { barrenModel, unpaidTooOften } from './unpaid-refusals.ts'

/** Unpaid jobs count this long, in milliseconds. */
export const UNPAID_WINDOW_MS = 60 * 60_000

/** So often a model may end without an output, with none in between that brought one. */
const BARREN_MAX = 3

/** A generation that is to be sent to the image service at the operator's cost. */
export type Admission = {
  id: string
  account_id: string
  model: string
  /** How many jobs it is there. */
  jobs: number
  /** How many jobs of one account may end unpaid in 60 minutes. */
  limit: number
}

type Use = {
  /** Jobs that ended unpaid in the last 60 minutes. */
  unpaid: number
  /** Jobs that are there now, each of which may end so. */
  open: number
  /** How often in a row the model brought no output, and when it last did. */
  barren: number
  barren_at: number | null
}

/**
 * Decides whether a generation may be sent now, in the transaction that holds its price: the account is locked by
 * then, so that no other of its generations is admitted meanwhile. False: jobs that are still there leave no room, so it
 * has to wait. Throws `rate_limited` where jobs that ended unpaid leave none, or the model fails too often.
 */
export function* admit(asking: Admission, at: number): Unit<boolean> {
  const { account_id, model } = asking
  const use = firstOrThrow(yield* findUse({ account_id, model, since: at - UNPAID_WINDOW_MS }))
  if (isBarren(use, at)) throw barrenModel(model, (use.barren_at ?? at) + UNPAID_WINDOW_MS - at)
  if (use.unpaid + asking.jobs > asking.limit) {
    const ended = yield* findUnpaid({ account_id, since: at - UNPAID_WINDOW_MS })
    throw unpaidTooOften(asking, ended, at - UNPAID_WINDOW_MS)
  }
  if (use.unpaid + use.open <= asking.limit) return true
  yield* setJobs({ id: asking.id, jobs: 0 })
  return false
}

/** As `admit`, for a generation that has waited: its jobs are counted again first. */
export function* admitLater(asking: Admission, at: number): Unit<boolean> {
  const [running] = yield* setJobsOfRunning({ id: asking.id, jobs: asking.jobs })
  if (running === undefined) throw new Error(`${asking.id} was ended while it waited`)
  yield* lockAccount({ id: asking.account_id })
  return yield* admit(asking, at)
}

/** Of generations that begin together, the places of those that may be sent now; the others are to be decided singly. */
export function* admitAll(
  asking: readonly (Admission | null)[],
  times: readonly number[],
): Unit<Set<number>> {
  const admitted = new Set(asking.flatMap((each, place) => (each === null ? [place] : [])))
  if (admitted.size === asking.length) return admitted
  const asked = asking.flatMap((each, place) => {
    if (each === null) return []
    const { account_id, model } = each
    return [{ place, account_id, model, since: (times[place] ?? 0) - UNPAID_WINDOW_MS }]
  })
  for (const use of yield* findUses(asRows(asked))) {
    const limit = asking[use.place]?.limit ?? 0
    const isFull = use.unpaid + use.open > limit
    if (!isFull && !isBarren(use, times[use.place] ?? 0)) admitted.add(use.place)
  }
  return admitted
}

function isBarren({ barren, barren_at }: Use, at: number): boolean {
  return barren >= BARREN_MAX && (barren_at ?? 0) > at - UNPAID_WINDOW_MS
}

/** What an account has at the image service and what of it was lost, the generation that asks included. */
function useOf(sql: RawSql, asked: Record<'account_id' | 'model' | 'since', unknown>) {
  const unpaid = sql`from unpaid_job where account_id = ${asked.account_id}`
  const barren = sql`${unpaid} and model = ${asked.model} and code = 'no_output' and delivered_at is null`
  return sql`
    (select coalesce(sum(jobs), 0) ${unpaid} and at > ${asked.since}) as unpaid,
    (select coalesce(sum(upstream_jobs), 0) from generation
      where account_id = ${asked.account_id} and status = 'running' and upstream_jobs > 0) as open,
    (select count(*) ${barren}) as barren,
    (select max(at) ${barren}) as barren_at`
}

const findUse = preparedQuery(
  (db, p: { account_id: string; model: string; since: number }, sql) => ({
    compile: () => sql<Use>`select ${useOf(sql, p)}`.compile(db),
  }),
)

/** As `findUse`, for many at once. */
const findUses = preparedQuery((db, p: { rows: string }, sql) => ({
  compile: () => {
    const asked = {
      account_id: sql.ref('asked.account_id'),
      model: sql.ref('asked.model'),
      since: sql.ref('asked.since'),
    }
    return sql<Use & { place: number }>`select asked.place, ${useOf(sql, asked)}
      from json_to_recordset(${p.rows}) as asked (place bigint, account_id text, model text, since bigint)`.compile(
      db,
    )
  },
}))

/** The jobs of an account that ended unpaid since then, oldest first. */
const findUnpaid = preparedQuery((db, p: { account_id: string; since: number }) =>
  db
    .selectFrom('unpaid_job')
    .select(['at', 'jobs'])
    .where('account_id', '=', p.account_id)
    .where('at', '>', p.since)
    .orderBy('at'),
)

const setJobs = execute((db, p: { id: string; jobs: number }) =>
  db.updateTable('generation').set({ upstream_jobs: p.jobs }).where('id', '=', p.id),
)

const setJobsOfRunning = preparedQuery((db, p: { id: string; jobs: number }, sql) =>
  db
    .updateTable('generation')
    .set({ upstream_jobs: p.jobs })
    .where('id', '=', p.id)
    .where('status', '=', sql.lit('running'))
    .returning('id'),
)
