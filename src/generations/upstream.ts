import type { RawBuilder } from 'kysely'
import { execute, forRows, type RawSql, type TransactionBody } from '../db/db.ts'
import { dayOf } from '../ledger/rules.ts'
import type { UpstreamBill } from '../providers/provider.ts'
import { raiseCosts } from './alerts.ts'

/** The operator's cost of a generation. It is written in the transaction that ends its hold. */
export type Booking = {
  id: string
  /** In milliseconds since 1970. */
  at: number
  /** The whole bill. */
  bill: UpstreamBill
  /** The part of the bill that no account is charged for. */
  unpaid: UpstreamBill | null
  /** What the account is charged, in micro-dollars. */
  charged: number
  /** The code of the failure; null if there is a result. */
  code: string | null
}

/**
 * Adds the operator's cost of a generation to the totals of the day, and stores its unpaid jobs. It counts on the UTC
 * day of its charge or failure. Writes nothing for work on an own key.
 */
export function* book(booking: Booking): TransactionBody<void> {
  const row = rowOf(booking)
  if (row.unpaid_jobs > 0) yield* insertUnpaid(row)
  yield* addToDay(row)
  if (row.delivered > 0) yield* endStreak(row)
  yield* raiseCosts([booking])
}

/** As `book`, for a batch. */
export function* bookAll(bookings: readonly Booking[]): TransactionBody<void> {
  if (bookings.length === 0) return
  const rows = bookings.map(rowOf)
  const unpaid = rows.filter(({ unpaid_jobs }) => unpaid_jobs > 0)
  if (unpaid.length > 0) yield* insertAllUnpaid(unpaid)
  yield* addAllToDays(rows)
  yield* endStreaks(rows.filter(({ delivered }) => delivered > 0))
  yield* raiseCosts(bookings)
}

type BookingRow = ReturnType<typeof rowOf>

function rowOf({ id, at, bill, unpaid, code }: Booking) {
  return {
    id,
    at,
    day: dayOf(at),
    code: code ?? 'partial',
    cost: bill.cost,
    unpaid_jobs: unpaid?.jobs ?? 0,
    unpaid_cost: bill.cost === null ? null : (unpaid?.cost ?? 0), // never more than the cost that it is part of
    delivered: code === null ? 1 : 0,
  }
}

const [insertUnpaid, insertAllUnpaid] = singleAndBatch(
  (sql, asked) => sql`
    insert into unpaid_job (id, account_id, key_id, model, code, jobs, cost, at, day)
    select hold.id, hold.account_id, hold.key_id, hold.model, asked.code, asked.unpaid_jobs, asked.unpaid_cost,
      asked.at, coalesce(entry.day, asked.day)
    from ${asked} where generation.upstream_jobs > 0`,
)

const [addToDay, addAllToDays] = singleAndBatch(
  (sql, asked) => sql`
    insert into upstream_day (day, account_id, model, count, cost, unknown_count, unpaid_jobs, unpaid_cost)
    select coalesce(entry.day, asked.day), hold.account_id, hold.model, count(*), sum(coalesce(asked.cost, 0)),
      sum(case when asked.cost is null then 1 else 0 end), sum(asked.unpaid_jobs), sum(coalesce(asked.unpaid_cost, 0))
    from ${asked} where generation.upstream_jobs > 0
    group by coalesce(entry.day, asked.day), hold.account_id, hold.model
    on conflict (day, account_id, model) do update set count = upstream_day.count + excluded.count,
      cost = upstream_day.cost + excluded.cost, unknown_count = upstream_day.unknown_count + excluded.unknown_count,
      unpaid_jobs = upstream_day.unpaid_jobs + excluded.unpaid_jobs,
      unpaid_cost = upstream_day.unpaid_cost + excluded.unpaid_cost`,
)

/** After a result, the earlier failures of the model no longer count as failures in a row. */
const [endStreak, endStreaks] = singleAndBatch(
  (sql, asked) => sql`
    update unpaid_job set delivered_at = delivery.at
    from (select hold.account_id, hold.model, max(asked.at) as at from ${asked}
      where generation.upstream_jobs > 0 and asked.delivered > 0 group by hold.account_id, hold.model) as delivery
    where unpaid_job.account_id = delivery.account_id and unpaid_job.model = delivery.model
      and unpaid_job.delivered_at is null`,
)

/** Returns a statement in two forms, for one booking and for a batch. Only the source of the rows differs. */
function singleAndBatch(
  text: (sql: RawSql, asked: RawBuilder<unknown>) => RawBuilder<unknown>,
): [
  one: (row: BookingRow) => TransactionBody<void>,
  all: (rows: readonly BookingRow[]) => TransactionBody<void>,
] {
  const withHolds = (sql: RawSql, asked: RawBuilder<unknown>) => sql`${asked}
    join hold on hold.id = asked.id join generation on generation.id = asked.id
    left join entry on entry.kind = 'capture' and entry.ref = asked.id`
  const one = execute((db, p: BookingRow, sql) => {
    const asked = sql`(select cast(${p.id} as text) as id, cast(${p.at} as bigint) as at, cast(${p.day} as text) as day,
      cast(${p.code} as text) as code, cast(${p.cost} as bigint) as cost, cast(${p.unpaid_jobs} as bigint) as unpaid_jobs,
      cast(${p.unpaid_cost} as bigint) as unpaid_cost, cast(${p.delivered} as bigint) as delivered) as asked`
    return { compile: () => text(sql, withHolds(sql, asked)).compile(db) }
  })
  const all = execute((db, p: { rows: string }, sql) => {
    const asked = sql`json_to_recordset(${p.rows}) as asked (id text, at bigint, day text, code text, cost bigint,
      unpaid_jobs bigint, unpaid_cost bigint, delivered bigint)`
    return { compile: () => text(sql, withHolds(sql, asked)).compile(db) }
  })
  return [one, forRows(one, all)]
}
