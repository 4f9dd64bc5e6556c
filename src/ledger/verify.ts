import type { Row, Unit } from '../db/db.ts'

export type Difference = { invariant: string; row: Row }

/** What the holds say about each budget they name. */
const BUDGETS_BY_HOLDS = `
  select id, sum(case when state = 'held' then amount else 0 end) as held, sum(coalesce(captured, 0)) as spent from (
    select 'session:' || session_id as id, state, amount, captured from hold
    union all select 'day:' || account_id || ':' || day, state, amount, captured from hold
    union all select 'month:' || account_id || ':' || substr(day, 1, 7), state, amount, captured from hold
    union all select 'key_day:' || key_id || ':' || day, state, amount, captured from hold where key_id <> ''
    union all select 'key_month:' || key_id || ':' || substr(day, 1, 7), state, amount, captured from hold where key_id <> ''
    union all select 'key_total:' || key_id, state, amount, captured from hold where key_id <> ''
  ) each_budget group by id`

/** What the generations say of the image service, for each row of the roll-up of its costs. */
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

/** An entry that takes back names its purchase and the version of its row. */
const PURCHASE_ID_LENGTH = 36

/**
 * What must hold in every ledger at every commit. Each query finds the rows that break it; none may.
 * They read the same on both engines.
 */
export const INVARIANTS: Readonly<Record<string, string>> = {
  'I1 available + held + spent = granted + purchased - clawed back + debt': `
    select id, available, held, spent from account
    where available + held + spent <> granted + purchased - clawed_back + debt`,
  'I2 nothing is negative, and a debt leaves nothing available': `
    select id, available, held, spent, debt from account
    where available < 0 or held < 0 or spent < 0 or debt < 0 or (debt > 0 and available > 0)`,
  'I3 what an account holds is the sum of its open holds': `
    select a.id, a.held, coalesce(h.total, 0) as holds from account a
    left join (select account_id, sum(amount) as total from hold
      where state = 'held' and billing = 'credits' group by account_id) h on h.account_id = a.id
    where a.held <> coalesce(h.total, 0)`,
  'I4 what an account spent is what was captured less what was refunded': `
    select a.id, a.spent, coalesce(e.total, 0) as entries from account a
    left join (select account_id, sum(case kind when 'capture' then amount when 'refund' then -amount else 0 end) as total
      from entry where billing = 'credits' group by account_id) e on e.account_id = a.id
    where a.spent <> coalesce(e.total, 0)`,
  'I5 every capture entry has its captured hold': `
    select e.ref, e.amount from entry e
    left join hold h on h.id = e.ref and h.state = 'captured' and h.captured = e.amount
      and h.account_id = e.account_id and h.billing = e.billing
    where e.kind = 'capture' and h.id is null`,
  'I6 every captured hold has its entry': `
    select h.id, h.captured from hold h left join entry e on e.ref = h.id and e.kind = 'capture'
    where h.state = 'captured' and e.ref is null`,
  'I7 entries are numbered from 1 without a gap': `
    select a.id, a.entries, coalesce(e.total, 0) as counted from account a
    left join (select account_id, count(*) as total, min(seq) as first, max(seq) as last from entry group by account_id) e
      on e.account_id = a.id
    where a.entries <> coalesce(e.total, 0) or a.entries <> coalesce(e.last, 0) or coalesce(e.first, 1) <> 1`,
  'I8 the time of an entry is never before the one ahead of it': `
    select later.id, later.at from entry later
    join entry earlier on earlier.account_id = later.account_id and earlier.seq = later.seq - 1
    where later.at < earlier.at`,
  'I9 every budget counts its holds, within its cap': `
    select coalesce(b.id, h.id) as id, b.held, b.spent, h.held as holds, h.spent as captures from budget b
    full join (${BUDGETS_BY_HOLDS}) h on h.id = b.id
    where coalesce(b.held, -1) <> coalesce(h.held, 0) or coalesce(b.spent, -1) <> coalesce(h.spent, 0)
      or (b.cap is not null and b.held + b.spent > b.cap)`,
  'I10 the daily roll-up is the sum of the entries, by day, key, model, operation and billing': `
    select coalesce(u.account_id, e.account_id) as id, coalesce(u.day, e.day) as day, u.amount, e.amount as entries
    from (select * from usage_day where count > 0) u
    full join
      (select account_id, day, key_id, model, operation, modality, billing,
        sum(case kind when 'capture' then amount else -amount end) as amount,
        sum(case kind when 'capture' then 1 else -1 end) as count
        from entry where kind in ('capture', 'refund')
        group by account_id, day, key_id, model, operation, modality, billing
        having sum(case kind when 'capture' then 1 else -1 end) <> 0) e
      on e.account_id = u.account_id and e.day = u.day and e.key_id = u.key_id and e.model = u.model
        and e.operation = u.operation and e.modality = u.modality and e.billing = u.billing
    where coalesce(u.amount, -1) <> coalesce(e.amount, -1) or coalesce(u.count, -1) <> coalesce(e.count, -1)`,
  'I11 what was granted is the sum of the grants': `
    select a.id, a.granted, coalesce(e.total, 0) as grants from account a
    left join (select account_id, sum(amount) as total from entry where kind = 'grant' group by account_id) e
      on e.account_id = a.id
    where a.granted <> coalesce(e.total, 0)`,
  'I12 what was purchased is the sum of the top-ups, and what was clawed back of what was taken back': `
    select a.id, a.purchased, a.clawed_back, e.bought, e.taken from account a
    left join (select account_id, sum(case kind when 'top_up' then amount else 0 end) as bought,
      sum(case kind when 'claw_back' then amount when 'restore' then -amount else 0 end) as taken
      from entry group by account_id) e on e.account_id = a.id
    where a.purchased <> coalesce(e.bought, 0) or a.clawed_back <> coalesce(e.taken, 0)`,
  'I13 replaying the entries alone gives the balance, after each of them': `
    select id, balance_after, replayed from (
      select e.id, e.balance_after, sum(
        case when e.credit = 'customer' then e.amount when e.debit = 'customer' then -e.amount else 0 end)
        over (partition by e.account_id order by e.seq) as replayed
      from entry e) running
    where balance_after <> replayed`,
  'I14 the latest entry carries the balance of its account': `
    select a.id, a.available + a.held - a.debt as balance, e.balance_after from account a
    join entry e on e.account_id = a.id and e.seq = a.entries
    where a.available + a.held - a.debt <> e.balance_after`,
  'I15 a finished generation and its hold agree': `
    select g.id, g.status, h.state from generation g left join hold h on h.id = g.id
    where h.id is null
      or (g.status = 'completed' and h.state <> 'captured')
      or (g.status = 'failed' and h.state not in ('released', 'expired'))
      or (g.status = 'running' and h.state <> 'held')`,
  'I16 what was charged has its files': `
    select g.id from generation g left join asset a on a.generation_id = g.id
    where g.status = 'completed' and a.id is null`,
  'I17 every paid purchase has its top-up, and every top-up its paid purchase': `
    select coalesce(p.id, e.ref) as id, p.credits, e.amount
    from (select * from purchase where completed_at is not null) p
    full join (select * from entry where kind = 'top_up') e
      on e.ref = p.id and e.account_id = p.account_id and e.amount = p.credits
    where p.id is null or e.id is null`,
  'I18 what was taken back of a purchase is what its entries say': `
    select coalesce(p.id, e.purchase_id) as id, p.clawed_back, e.taken
    from (select * from purchase where clawed_back > 0) p
    full join (select substr(ref, 1, ${PURCHASE_ID_LENGTH}) as purchase_id, account_id,
        sum(case kind when 'claw_back' then amount else -amount end) as taken
      from entry where kind in ('claw_back', 'restore')
      group by substr(ref, 1, ${PURCHASE_ID_LENGTH}), account_id
      having sum(case kind when 'claw_back' then amount else -amount end) <> 0) e
      on e.purchase_id = p.id and e.account_id = p.account_id
    where coalesce(p.clawed_back, -1) <> coalesce(e.taken, -1)`,
  'I19 what was billed and brought nothing is what its generation says, and every failure that was billed is there': `
    select coalesce(u.id, g.id) as id, g.status, u.cost, g.upstream_cost
    from unpaid_job u
    full join (select g.*, h.account_id as owner, h.key_id, h.model from generation g join hold h on h.id = g.id
      where g.upstream_jobs > 0) g on g.id = u.id
    where (u.id is null and g.status = 'failed' and g.upstream_cost > 0)
      or (u.id is not null and (g.id is null or g.status = 'running' or u.jobs > g.upstream_jobs
        or u.account_id <> g.owner or u.key_id <> g.key_id or u.model <> g.model or u.at <> g.finished_at
        or (g.status = 'failed' and coalesce(u.cost, -1) <> coalesce(g.upstream_cost, -1))
        or (g.status = 'completed' and (u.code <> 'partial' or coalesce(u.cost, 0) > coalesce(g.upstream_cost, 0)))))`,
  'I20 the roll-up of what work cost the operator is the sum of its generations, by day, account and model': `
    select coalesce(d.account_id, g.account_id) as id, coalesce(d.day, g.day) as day, d.cost, g.cost as generations
    from upstream_day d full join (${UPSTREAM_BY_GENERATIONS}) g
      on g.day = d.day and g.account_id = d.account_id and g.model = d.model
    where coalesce(d.count, -1) <> coalesce(g.count, -1) or coalesce(d.cost, -1) <> coalesce(g.cost, -1)
      or coalesce(d.unknown_count, -1) <> coalesce(g.unknown_count, -1)
      or coalesce(d.unpaid_jobs, -1) <> coalesce(g.unpaid_jobs, -1)
      or coalesce(d.unpaid_cost, -1) <> coalesce(g.unpaid_cost, -1)`,
}

/** Recomputes everything the ledger keeps from what it wrote down; null where all of it agrees. */
export function* findDifference(): Unit<Difference | null> {
  for (const [invariant, sql] of Object.entries(INVARIANTS)) {
    const [row] = yield () => ({ sql: `${sql} limit 1`, parameters: [] })
    if (row !== undefined) return { invariant, row }
  }
  return null
}
