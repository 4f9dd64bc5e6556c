import type { Invariants } from '../ledger/verify.ts'

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

/** The invariants of generations, their holds and files, and the operator's costs. */
export const GENERATION_INVARIANTS: Invariants = {
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
  'I20 the roll-up of what work cost the operator is the sum of its generations, by day, account and model': `
    select coalesce(d.account_id, g.account_id) as id, coalesce(d.day, g.day) as day, d.cost, g.cost as generations
    from upstream_day d full join (${UPSTREAM_BY_GENERATIONS}) g
      on g.day = d.day and g.account_id = d.account_id and g.model = d.model
    where coalesce(d.count, -1) <> coalesce(g.count, -1) or coalesce(d.cost, -1) <> coalesce(g.cost, -1)
      or coalesce(d.unknown_count, -1) <> coalesce(g.unknown_count, -1)
      or coalesce(d.unpaid_jobs, -1) <> coalesce(g.unpaid_jobs, -1)
      or coalesce(d.unpaid_cost, -1) <> coalesce(g.unpaid_cost, -1)`,
}
