import type { Dialect } from '../dialect.ts'

/**
 * The operator's costs at the image service: the number of jobs of each generation, the jobs that were billed without
 * a charge, and the costs of each day.
 */
export function unpaidWork({ integer, table: { plain, keyed } }: Dialect): string[] {
  const sum = `${integer} not null check`
  return [
    `alter table generation add column upstream_jobs ${integer} check (upstream_jobs >= 0)`,
    `create index generation_upstream on generation (account_id)
      where finished_at is null and upstream_jobs > 0`,
    `create table unpaid_job (
      id text not null,
      account_id text not null,
      key_id text not null,
      model text not null,
      code text not null,
      jobs ${integer} not null check (jobs > 0),
      cost ${integer} check (cost >= 0),
      at ${integer} not null,
      day text not null,
      delivered_at ${integer},
      primary key (id, account_id)
    )${plain}`,
    `create index unpaid_job_of_account on unpaid_job (account_id, at)`,
    `create index unpaid_job_in_a_row on unpaid_job (account_id, model) where delivered_at is null`,
    `create table upstream_day (
      day text not null,
      account_id text not null,
      model text not null,
      count ${sum} (count >= 0),
      cost ${sum} (cost >= 0),
      unknown_count ${sum} (unknown_count between 0 and count),
      unpaid_jobs ${sum} (unpaid_jobs >= 0),
      unpaid_cost ${sum} (unpaid_cost between 0 and cost),
      primary key (day, account_id, model)
    )${keyed}`,
    `create index usage_day_by_day on usage_day (day)`,
    // Generations that run now are booked when they end. Earlier ones are not: that would take too long on a large ledger.
    `update generation set upstream_jobs = 1 where status = 'running'
      and id in (select id from hold where provider = 'fal.ai' and billing = 'credits')`,
  ]
}
