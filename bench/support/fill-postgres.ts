import pg from 'pg'
import { LOCAL_ACCOUNT } from '../../src/accounts/sessions.ts'
import { openDb } from '../../src/db/queue.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import { FILL_MONTH_SUMS, FILL_SESSION_SUMS } from '../../src/db/migrations/0008-page.ts'
import { DAY_MS } from '../../src/ledger/rules.ts'
import { CATALOG } from '../../src/pricing/catalog.ts'

/** As `fillLedger`, on PostgreSQL and by statements on whole tables; the same calls on the same days. */
export async function fillPostgres(url: string, generations: number): Promise<void> {
  const db = openDb(await openPostgres(url))
  await db.write(() => bindMode('test'))
  await db.close()
  const client = new pg.Client(url)
  await client.connect()
  const models = CATALOG.map(
    ({ id, price, operation, modality }, place) =>
      `(${place}, '${id}', ${price}, '${operation}', '${modality}')`,
  )
  const granted = 10_000_000 + generations * 1_500_000
  const startMs = Date.now() - 365 * DAY_MS
  const about = { models, granted, startMs, generations, account: LOCAL_ACCOUNT.id }
  try {
    for (const statement of statements(about)) await client.query(statement)
  } finally {
    await client.end()
  }
}

type About = {
  models: string[]
  granted: number
  startMs: number
  generations: number
  account: string
}

function statements({ models, granted, startMs, generations, account }: About): string[] {
  return [
    'begin',
    `create temporary table model (place bigint, id text, price bigint, operation text, modality text) on commit drop`,
    `insert into model values ${models.join(', ')}`,
    `insert into hold select 'gen_' || lpad(number::text, 12, '0'), '${account}', 'ses_bench', '', 'f', 'captured', 'credits',
       price, price, operation, id, modality, 'local',
       to_char(to_timestamp(at / 1000) at time zone 'UTC', 'YYYY-MM-DD'), at, at, at
     from (select number, ${startMs} + number * ${365 * DAY_MS} / ${generations} as at
       from generate_series(0, ${generations - 1}) number) numbered
     join model on place = number % ${models.length}`,
    `insert into entry values ('${account}', 1, 'txn_topup_bench', 'grant', 'signup:${account}', ${startMs}, '2025-01-01',
       'grants', 'customer', ${granted}, ${granted}, 0, 'credits')`,
    `insert into entry select '${account}', row_number() over ordered + 1, id, 'capture', id, created_at, day, 'customer', 'revenue',
       amount, ${granted} - sum(amount) over ordered, 0, 'credits', operation, model, modality, 'local', 'ses_bench', ''
     from hold window ordered as (order by id)`,
    FILL_SESSION_SUMS,
    FILL_MONTH_SUMS,
    `insert into usage_day select account_id, day, key_id, model, operation, modality, billing, count(*), sum(captured)
     from hold group by 1, 2, 3, 4, 5, 6, 7`,
    `insert into budget select 'session:ses_bench', '${account}', 'session', 'ses_bench', '', null, 0, sum(captured) from hold`,
    `insert into account (id, name, created_at, available, held, spent, granted, entries, last_at)
     select '${account}', 'bench', ${startMs}, ${granted} - sum(captured), 0, sum(captured), ${granted}, count(*) + 1, max(created_at)
     from hold`,
    'commit',
    'vacuum analyze',
  ]
}
