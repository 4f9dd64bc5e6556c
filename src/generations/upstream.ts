import type { RawBuilder } from 'kysely'
import { execute, type RawSql, type Unit } from '../db/db.ts'
import { dayOf } from '../ledger/rules.ts'
import { asRows } from '../ledger/batch/queries.ts'
import type { UpstreamBill } from '../providers/provider.ts'

/** What is written of a generation that ended at the image service, in the transaction that ends its hold. */
export type Booking = {
  id: string
  at: number
  /** All of it. */
  bill: UpstreamBill
  /** What of it nobody is charged for. */
  unpaid: UpstreamBill | null
  /** Why there is no result; null where there is one. */
  code: string | null
}

/**
 * Books what a generation cost the operator in the roll-up of its day, and what of it nobody is charged for. It counts
 * on the day of its charge, or of its failure. Nothing is written of work on an own key.
 */
export function* book(booking: Booking): Unit<void> {
  const row = rowOf(booking)
  if (row.unpaid_jobs > 0) yield* insertUnpaid(row)
  yield* addToDay(row)
  if (row.delivered > 0) yield* endRow(row)
}

/** As `book`, for many of them at once. */
export function* bookAll(bookings: readonly Booking[]): Unit<void> {
  if (bookings.length === 0) return
  const rows = bookings.map(rowOf)
  const unpaid = rows.filter(({ unpaid_jobs }) => unpaid_jobs > 0)
  if (unpaid.length > 0) yield* insertAllUnpaid(asRows(unpaid))
  yield* addAllToDays(asRows(rows))
  yield* endRows(asRows(rows))
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
    unpaid_cost: bill.cost === null ? null : (unpaid?.cost ?? 0), // never more than the cost it is part of
    delivered: code === null ? 1 : 0,
  }
}

const [insertUnpaid, insertAllUnpaid] = inBothForms(
  (sql, asked) => sql`
    insert into unpaid_job (id, account_id, key_id, model, code, jobs, cost, at, day)
    select hold.id, hold.account_id, hold.key_id, hold.model, asked.code, asked.unpaid_jobs, asked.unpaid_cost,
      asked.at, coalesce(entry.day, asked.day)
    from ${asked} where generation.upstream_jobs > 0`,
)

const [addToDay, addAllToDays] = inBothForms(
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

/** A model that brought a result is no longer one that failed so many times in a row. */
const [endRow, endRows] = inBothForms(
  (sql, asked) => sql`
    update unpaid_job set delivered_at = delivery.at
    from (select hold.account_id, hold.model, max(asked.at) as at from ${asked}
      where generation.upstream_jobs > 0 and asked.delivered > 0 group by hold.account_id, hold.model) as delivery
    where unpaid_job.account_id = delivery.account_id and unpaid_job.model = delivery.model
      and unpaid_job.delivered_at is null`,
)

/** One text for a single booking on either engine, and for many on PostgreSQL: they differ in where the rows come from. */
function inBothForms(
  text: (sql: RawSql, asked: RawBuilder<unknown>) => RawBuilder<unknown>,
): [one: (row: BookingRow) => Unit<void>, all: (rows: { rows: string }) => Unit<void>] {
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
  return [one, all]
}
