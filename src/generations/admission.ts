import {
  firstOrThrow,
  execute,
  forRows,
  preparedQuery,
  type RawSql,
  type TransactionBody,
} from '../db/db.ts'
import { lockAccount } from '../ledger/queries/account.ts'
import { modelFailsTooOften, unpaidTooOften } from './unpaid-refusals.ts'

/** How long an unpaid job counts, in milliseconds. */
export const UNPAID_WINDOW_MS = 60 * 60_000

/** How often in a row a model may end without an output. */
const NO_OUTPUT_MAX = 3

/** A generation to send to the image service at the operator's cost. */
export type Admission = {
  id: string
  account_id: string
  model: string
  /** The number of its jobs there. */
  jobs: number
  /** How many jobs of one account may end unpaid in 60 minutes. */
  limit: number
}

type Use = {
  /** Jobs that ended unpaid in the last 60 minutes. */
  unpaid: number
  /** Jobs at the image service now. Each may end unpaid. */
  open: number
  /** How often in a row the model gave no output, and when it last did so, in milliseconds since 1970. */
  no_output_count: number
  no_output_at: number | null
}

/**
 * Decides whether a generation may be sent now, in the transaction that holds its price. The account is locked by
 * then, so no other generation of the account is admitted at the same time. Returns false if the open jobs use up the
 * limit, so it has to wait. Throws `rate_limited` if jobs that ended unpaid do, or if the model fails too often.
 */
export function* admit(admission: Admission, at: number): TransactionBody<boolean> {
  const { account_id, model } = admission
  const since = at - UNPAID_WINDOW_MS
  const use = firstOrThrow(yield* findUse({ place: 0, account_id, model, since }))
  if (failsTooOften(use, at))
    throw modelFailsTooOften(model, (use.no_output_at ?? at) + UNPAID_WINDOW_MS - at)
  if (use.unpaid + admission.jobs > admission.limit) {
    const ended = yield* findUnpaid({ account_id, since })
    throw unpaidTooOften(admission, ended, since)
  }
  if (use.unpaid + use.open <= admission.limit) return true
  yield* setJobs({ id: admission.id, jobs: 0 })
  return false
}

/** As `admit`, for a generation that has waited: first counts its jobs as open again. */
export function* admitLater(admission: Admission, at: number): TransactionBody<boolean> {
  const [running] = yield* setJobsOfRunning({ id: admission.id, jobs: admission.jobs })
  if (running === undefined) throw new Error(`${admission.id} was ended while it waited`)
  yield* lockAccount({ id: admission.account_id })
  return yield* admit(admission, at)
}

/**
 * As `admit`, for a batch. Returns the indexes of those that may be sent now; the others must be decided one by one.
 * `times` are milliseconds since 1970.
 */
export function* admitAll(
  admissions: readonly (Admission | null)[],
  times: readonly number[],
): TransactionBody<Set<number>> {
  const admitted = new Set(admissions.flatMap((each, index) => (each === null ? [index] : [])))
  if (admitted.size === admissions.length) return admitted
  const asked = admissions.flatMap((each, index) => {
    if (each === null) return []
    const { account_id, model } = each
    return [{ place: index, account_id, model, since: (times[index] ?? 0) - UNPAID_WINDOW_MS }]
  })
  for (const use of yield* findUses(asked)) {
    const limit = admissions[use.place]?.limit ?? 0
    const isFull = use.unpaid + use.open > limit
    if (!isFull && !failsTooOften(use, times[use.place] ?? 0)) admitted.add(use.place)
  }
  return admitted
}

function failsTooOften({ no_output_count, no_output_at }: Use, at: number): boolean {
  return no_output_count >= NO_OUTPUT_MAX && (no_output_at ?? 0) > at - UNPAID_WINDOW_MS
}

/** The columns of `Use` for an account and a model. They include the generation that asks. */
function useOf(sql: RawSql, asked: Record<'account_id' | 'model' | 'since', unknown>) {
  const unpaid = sql`from unpaid_job where account_id = ${asked.account_id}`
  const noOutput = sql`${unpaid} and model = ${asked.model} and code = 'no_output' and delivered_at is null`
  return sql`
    (select coalesce(sum(jobs), 0) ${unpaid} and at > ${asked.since}) as unpaid,
    (select coalesce(sum(upstream_jobs), 0) from generation
      where account_id = ${asked.account_id} and finished_at is null and upstream_jobs > 0) as open,
    (select count(*) ${noOutput}) as no_output_count,
    (select max(at) ${noOutput}) as no_output_at`
}

/** What asks for a `Use`; `place` is its index in a batch. */
type Asked = { place: number; account_id: string; model: string; since: number }

const findUse = preparedQuery((db, p: Asked, sql) => ({
  compile: () =>
    sql<
      Use & { place: number }
    >`select cast(${p.place} as bigint) as place, ${useOf(sql, p)}`.compile(db),
}))

/** As `findUse`, for a batch. */
const findUses = forRows(
  findUse,
  preparedQuery((db, p: { rows: string }, sql) => ({
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
  })),
)

/** The jobs of an account that ended unpaid after `since`, oldest first. */
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
