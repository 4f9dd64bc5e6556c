import type { Row, TransactionBody } from '../db/db.ts'

/** A broken invariant and the first row that breaks it. */
export type Difference = { invariant: string; row: Row }

/** Queries by the invariant they check. Each finds the rows that break it. The SQL is valid on both engines. */
export type Invariants = Readonly<Record<string, string>>

/** The totals of each budget, computed from the holds. */
const BUDGETS_BY_HOLDS = `
  select id, sum(case when state = 'held' then amount else 0 end) as held, sum(coalesce(captured, 0)) as spent from (
    select 'session:' || session_id as id, state, amount, captured from hold
    union all select 'day:' || account_id || ':' || day, state, amount, captured from hold
    union all select 'month:' || account_id || ':' || substr(day, 1, 7), state, amount, captured from hold
    union all select 'key_day:' || key_id || ':' || day, state, amount, captured from hold where key_id <> ''
    union all select 'key_month:' || key_id || ':' || substr(day, 1, 7), state, amount, captured from hold where key_id <> ''
    union all select 'key_total:' || key_id, state, amount, captured from hold where key_id <> ''
  ) each_budget group by id`

/** The invariants that every ledger satisfies at every commit. */
export const LEDGER_INVARIANTS: Invariants = {
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
}

/** Checks these invariants in order. Returns the first difference, or null if there is none. */
export function* findBroken(invariants: Invariants): TransactionBody<Difference | null> {
  for (const [invariant, sql] of Object.entries(invariants)) {
    const [row] = yield () => ({ sql: `${sql} limit 1`, parameters: [] })
    if (row !== undefined) return { invariant, row }
  }
  return null
}
