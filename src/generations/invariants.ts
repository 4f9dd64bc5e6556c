import { query, type Row, type TransactionBody } from '../db/db.ts'
import {
  onlyRows,
  rangesOf,
  type Difference,
  type Invariants,
  type Range,
} from '../db/invariants.ts'
import type { UpstreamDayTable } from '../db/schema/generations.ts'

/** The operator's costs by day, account and model, computed from the generations. */
const UPSTREAM_BY_GENERATIONS = `
  select day, account_id, model, sum(1) as count, sum(coalesce(cost, 0)) as cost,
    sum(case when cost is null then 1 else 0 end) as unknown_count,
    sum(unpaid_jobs) as unpaid_jobs, sum(unpaid_cost) as unpaid_cost
  from (
    select coalesce(e.day, u.day) as day, h.account_id, h.model, g.upstream_cost as cost,
      coalesce(u.jobs, 0) as unpaid_jobs, coalesce(u.cost, 0) as unpaid_cost
    from generation g join hold h on h.id = g.id
    left join entry e on e.kind = 'capture' and e.ref = g.id
    left join unpaid_job u on u.id = g.id
    where g.upstream_jobs > 0 and (g.status = 'completed' or u.id is not null)) each_generation
  group by day, account_id, model`

/** The invariants of generations, their holds and files: each is proven for some generations at a time. */
const OF_GENERATIONS: Invariants = {
  'I15 a finished generation and its hold agree': `
    select g.id, g.status, h.state from generation g left join hold h on h.id = g.id
    where h.id is null
      or (g.status = 'completed' and h.state <> 'captured')
      or (g.status = 'failed' and h.state not in ('released', 'expired'))
      or ((g.status in ('running', 'unknown')) <> (g.finished_at is null))
      or (g.finished_at is null and h.state <> 'held')`,
  'I16 what was charged has its files': `
    select g.id from generation g left join asset a on a.generation_id = g.id
    where g.status = 'completed' and a.id is null`,
  'I19 what was billed and brought nothing is what its generation says, and every failure that was billed is there': `
    select coalesce(u.id, g.id) as id, g.status, u.cost, g.upstream_cost
    from unpaid_job u
    full join (select g.*, h.account_id as owner, h.key_id, h.model from generation g join hold h on h.id = g.id
      where g.upstream_jobs > 0) g on g.id = u.id
    where (u.id is null and g.status = 'failed' and g.upstream_cost > 0)
      or (u.id is not null and (g.id is null or g.finished_at is null or u.jobs > g.upstream_jobs
        or u.account_id <> g.owner or u.key_id <> g.key_id or u.model <> g.model or u.at <> g.finished_at
        or (g.status = 'failed' and coalesce(u.cost, -1) <> coalesce(g.upstream_cost, -1))
        or (g.status = 'completed' and (u.code <> 'partial' or coalesce(u.cost, 0) > coalesce(g.upstream_cost, 0)))))`,
}

const I20 =
  'I20 the roll-up of what work cost the operator is the sum of its generations, by day, account and model'

/** The names of the invariants of generations and of the operator's costs. */
export const GENERATION_INVARIANTS: readonly string[] = [...Object.keys(OF_GENERATIONS), I20]

/**
 * Proves all generations and the operator's costs, or those of one account. Returns the first difference, or null if there
 * is none.
 */
export function* findBrokenGenerations(accountId?: string): TransactionBody<Difference | null> {
  const costs = new Map<string, Costs>()
  for (const range of yield* rangesOf('generation')) {
    for (const [invariant, text] of Object.entries(OF_GENERATIONS)) {
      const [row] = yield* inRange(`${text} limit 1`, range, accountId)
      if (row !== undefined) return { invariant, row }
    }
    for (const row of yield* inRange(UPSTREAM_BY_GENERATIONS, range, accountId)) add(costs, row)
  }
  const row = yield* differenceOfCosts(costs, accountId)
  return row === null ? null : { invariant: I20, row }
}

function* inRange(text: string, range: Range, accountId?: string): TransactionBody<Row[]> {
  return yield (builder, sql, dialect) => {
    const only = onlyRows(sql, dialect, ['generation', 'unpaid_job'], { range, accountId })
    return sql`${only} ${sql.raw(text)}`.compile(builder)
  }
}

const SUMS = ['count', 'cost', 'unknown_count', 'unpaid_jobs', 'unpaid_cost'] as const
type Costs = Pick<UpstreamDayTable, (typeof SUMS)[number]>

const keyOf = ({ day, account_id, model }: Row): string => JSON.stringify([day, account_id, model])

function add(costs: Map<string, Costs>, row: Row): void {
  const before = costs.get(keyOf(row))
  const sums = SUMS.map((name) => [name, (before?.[name] ?? 0) + Number(row[name])])
  costs.set(keyOf(row), Object.fromEntries(sums) as Costs)
}

/** Compares the roll-up with sums of the generations. It has a row for each day, account and model. */
function* differenceOfCosts(
  costs: Map<string, Costs>,
  accountId: string | undefined,
): TransactionBody<Row | null> {
  const days: UpstreamDayTable[] = yield* query((db) => {
    const all = db.selectFrom('upstream_day').selectAll()
    return accountId === undefined ? all : all.where('account_id', '=', accountId)
  })
  for (const day of days) {
    const sums = costs.get(keyOf(day))
    costs.delete(keyOf(day))
    if (sums === undefined || SUMS.some((name) => sums[name] !== day[name]))
      return { id: day.account_id, day: day.day, cost: day.cost, generations: sums?.cost ?? null }
  }
  const [left] = costs
  return left === undefined ? null : { key: left[0], cost: null, generations: left[1].cost }
}
