import { sessionScope, type Caller } from '../accounts/caller.ts'
import { findSession } from '../accounts/sessions.ts'
import { raise } from '../alerts/outbox.ts'
import { refusalAlert } from '../alerts/thresholds.ts'
import { execute, preparedQuery, type Db, type TransactionBody } from '../db/db.ts'
import type { RefusedCallTable } from '../db/schema/generations.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { newId } from '../ids.ts'
import { BudgetExceededError, DAY_MS } from '../ledger/rules.ts'
import type { Log } from '../log.ts'
import type { Operation } from '../pricing/catalog.ts'
import { truncate } from '../text.ts'

/** How long a refusal is kept, in milliseconds, and the length of the period in which equal ones are one row. */
const KEPT_MS = 30 * DAY_MS
const HOUR_MS = 3_600_000
/** Most rows of one key and hour. Further kinds of refusals are not recorded. */
const ROWS_MAX = 20
/** Most characters of a reason. */
const REASON_MAX = 300

/** Errors of the form of a call, which a caller corrects at once, and refusals that cannot be written. */
const NOT_RECORDED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_input',
  'wrong_operation',
  'price_unknown',
  'approval_required', // listed with the approvals
  'idempotency_conflict',
  'input_unreadable',
  'not_found',
  'cancelled',
  'unauthorized',
  'ledger_unavailable',
])

/** A paid call. Its prompt is not recorded. */
type PaidCall = { caller: Caller; request: { operation: Operation; model?: unknown } }

/** Records paid calls that were refused before anything was held, for the usage page, and tells of budgets that refuse. */
export type Refusals = {
  /** Records a refusal and returns at once. Errors of the form of a call are left out. */
  record(call: PaidCall, error: unknown): void
  /** Runs a step of a call, records its refusal, and throws it. */
  noting<T>(call: PaidCall, step: () => Promise<T>): Promise<T>
  /** Waits until all refusals are recorded. */
  allNoted(): Promise<void>
}

/**
 * Creates the record of refusals. It is written outside of every transaction of money. While one is written, equal ones
 * are only counted, so that a caller in a loop costs one write at a time. A failed write is only logged.
 */
export function createRefusals({
  db,
  log,
  now,
}: {
  db: Db
  log: Log
  now: () => number
}): Refusals {
  const waiting = new Map<string, Calls>()
  const writing = new Set<Promise<void>>()
  const write = async (name: string, refusal: Refusal): Promise<void> => {
    const none = { count: 0, at: 0 }
    for (let calls = { count: 1, at: now() }; calls.count > 0; calls = waiting.get(name) ?? none) {
      waiting.set(name, none)
      await db.write(() => recordRefusal(refusal, calls))
    }
  }
  const record: Refusals['record'] = ({ caller, request }, error) => {
    if (!(error instanceof AppError) || NOT_RECORDED.has(error.code)) return
    const model = typeof request.model === 'string' ? truncate(request.model, 200) : ''
    const refusal = { caller, operation: request.operation, model, error }
    const { account, keyId, session } = caller
    const name = JSON.stringify([
      account.id,
      keyId,
      session.name,
      refusal.operation,
      model,
      error.code,
    ])
    const more = waiting.get(name)
    if (more !== undefined) return void waiting.set(name, { count: more.count + 1, at: now() })
    const written = write(name, refusal)
      .catch((failure: unknown) => log.warn('refusal.not_recorded', { error: failure }))
      .finally(() => {
        waiting.delete(name)
        writing.delete(written)
      })
    writing.add(written)
  }
  return {
    record,
    noting: async (call, step) => {
      try {
        return await step()
      } catch (error) {
        record(call, error)
        throw error
      }
    },
    allNoted: async () => void (await Promise.all(writing)),
  }
}

/** Equal calls, the last one `at` milliseconds since 1970. */
type Calls = { count: number; at: number }

type Refusal = { caller: Caller; operation: Operation; model: string; error: AppError }

function* recordRefusal(
  { caller, operation, model, error }: Refusal,
  { count, at }: Calls,
): TransactionBody<void> {
  const session = yield* findSession(sessionScope(caller))
  const added = yield* insertRefusal({
    id: newId('ref', at),
    account_id: caller.account.id,
    key_id: caller.keyId,
    session_id: session?.id ?? '',
    operation,
    model,
    code: error.code,
    reason: truncate(error.message, REASON_MAX),
    hour: Math.floor(at / HOUR_MS),
    count,
    first_at: at,
    last_at: at,
  })
  if (added[0]?.count === count) yield* deleteOld({ before: at - KEPT_MS })
  if (error instanceof BudgetExceededError) yield* raise(refusalAlert(error.budget, at))
}

/** Adds a refusal to its row, or makes the row if the key has not yet too many in this hour. Returns the row's count. */
const insertRefusal = preparedQuery((db, p: RefusedCallTable, sql) => {
  const insert = sql<{ count: number }>`
    insert into refused_call (id, account_id, key_id, session_id, operation, model, code, reason, hour, count, first_at, last_at)
    select cast(${p.id} as text), cast(${p.account_id} as text), cast(${p.key_id} as text), cast(${p.session_id} as text),
      cast(${p.operation} as text), cast(${p.model} as text), cast(${p.code} as text), cast(${p.reason} as text),
      cast(${p.hour} as bigint), cast(${p.count} as bigint), cast(${p.first_at} as bigint), cast(${p.last_at} as bigint)
    where (select count(*) from refused_call where account_id = ${p.account_id} and key_id = ${p.key_id}
        and hour = cast(${p.hour} as bigint)) < ${sql.lit(ROWS_MAX)}
      or exists (select 1 from refused_call where account_id = ${p.account_id} and key_id = ${p.key_id}
        and hour = cast(${p.hour} as bigint) and session_id = ${p.session_id} and operation = ${p.operation}
        and model = ${p.model} and code = ${p.code})
    on conflict (account_id, key_id, hour, session_id, operation, model, code)
    do update set count = refused_call.count + excluded.count, last_at = excluded.last_at, reason = excluded.reason
    returning count`
  return { compile: () => insert.compile(db) }
})

const deleteOld = execute((db, p: { before: number }) =>
  db.deleteFrom('refused_call').where('last_at', '<', p.before),
)
