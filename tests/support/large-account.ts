import type { Db, TransactionBody } from '../../src/db/db.ts'
import { FILL_MONTH_SUMS, FILL_SESSION_SUMS } from '../../src/db/migrations/0008-page.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { DAY_MS, dayOf } from '../../src/ledger/rules.ts'
import { ACCOUNT } from './app.ts'
import type { EngineName } from './databases.ts'

/** Days over which the work is spread, and kinds of it. */
const DAYS = 365
const SESSIONS = 500
const MODELS = 24

/**
 * Fills an empty ledger with an account that made `count` generations in the year before `nowMs`, each with a file;
 * one in a hundred was refunded. Only what the page reads is written, by statements on whole tables.
 */
export async function fillAccount(
  db: Db,
  engine: EngineName,
  { count, nowMs }: { count: number; nowMs: number },
): Promise<void> {
  const startMs = Date.parse(dayOf(nowMs - (DAYS - 1) * DAY_MS))
  await db.write(() => bindMode('test'))
  await db.write(() => openAccount(ACCOUNT, 'local', startMs))
  for (let first = 0; first < count; first += CHUNK) {
    const chunk = { first, end: Math.min(count, first + CHUNK), count, startMs }
    for (const sql of statements(chunk, engine === 'sqlite' ? '' : 'materialized'))
      await db.write(() => run(sql))
  }
  for (const sql of FAILED) await db.write(() => run(sql))
  await db.write(() => run(refunds(count, startMs + DAYS * DAY_MS - 1)))
  for (const sql of [FILL_SESSION_SUMS, FILL_MONTH_SUMS, SUMS]) await db.write(() => run(sql))
  await db.write(() => run('update account set entries = (select count(*) from entry)'))
}

/** Generations that are written at once: a statement on PostgreSQL may take ten seconds. */
const CHUNK = 20_000

function* run(sql: string): TransactionBody<void> {
  yield () => ({ sql, parameters: [] })
}

type Chunk = { first: number; end: number; count: number; startMs: number }

function statements({ first, end, count, startMs }: Chunk, asOf: string): string[] {
  const days = Array.from({ length: DAYS }, (_, n) => `(${n}, '${dayOf(startMs + n * DAY_MS)}')`)
  const work = `with recursive number(i) as (select cast(${first} as bigint) union all select i + 1 from number where i < ${end - 1}),
    days(n, day) as ${asOf} (values ${days.join(', ')}),
    work as ${asOf} (select i, day, 'gen_' || (${10 ** 7} + i) as id, ${startMs} + cast(n as bigint) * ${DAY_MS} + i as at,
      'fal-ai/model-' || (i % ${MODELS}) as model, 'ses_' || (i * 7 % ${SESSIONS}) as session,
      case when i % 10 = 0 then 'key_' || (i / 10 % 5) else '' end as key
      from number join days on n = i * ${DAYS} / ${count})`
  return [
    `insert into entry ${work} select '${ACCOUNT}', i + 2, id, 'capture', id, at, day, 'customer', 'revenue', 1000, 0, 0,
      'credits', 'generateImage', model, 'image', 'fal.ai', session, key from work`,
    `insert into generation (id, account_id, status, request, remarks, lease_owner, lease_until, created_at, finished_at)
      ${work} select id, '${ACCOUNT}', 'completed', '{"request":{"operation":"generateImage","prompt":"fog"}}', '{}', '', 0, at, at from work`,
    `insert into asset (id, account_id, generation_id, position, path, mime_type, width, height, bytes, sha256, created_at)
      ${work} select 'asset_' || i, '${ACCOUNT}', id, 0, '/x.png', 'image/png', 1, 1, 1, '', at from work`,
    `insert into hold ${work} select id, '${ACCOUNT}', session, key, 'f', 'captured', 'credits', 1000, 1000,
      'generateImage', model, 'image', 'fal.ai', day, at, at, at, null from work`,
  ]
}

/** One in a hundred more failed, and as many calls were refused. */
const FAILED = [
  `insert into generation (id, account_id, status, request, remarks, lease_owner, lease_until, created_at, finished_at, error)
    select 'gen_failed_' || id, account_id, 'failed', request, '{}', '', 0, created_at, created_at,
      '{"code":"content_refused","message":"no"}' from generation where id like '%50'`,
  `insert into hold select 'gen_failed_' || id, account_id, session_id, key_id, 'f', 'released', billing, amount, 0,
      operation, model, modality, provider, day, created_at, created_at, created_at, null from hold where id like '%50'`,
  `insert into refused_call select 'ref_' || id, account_id, key_id, session_id, operation, model, 'insufficient_credits',
      'no', created_at / 3600000, 1, created_at, created_at from hold where id like '%49'`,
]

const refunds = (count: number, atMs: number): string =>
  `insert into entry select account_id, ${count} + 2 + seq / 100, 'txn_refund_' || seq, 'refund', id, ${atMs}, day, 'revenue',
    'customer', amount, 0, 0, billing, operation, model, modality, provider, session_id, key_id
    from entry where kind = 'capture' and seq % 100 = 50`

const SUMS = `insert into usage_day
  select account_id, day, key_id, model, operation, modality, billing, sum(count), sum(amount)
  from usage_session_day group by 1, 2, 3, 4, 5, 6, 7`
