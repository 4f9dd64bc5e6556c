import { firstOrThrow, type About, type TransactionBody } from '../db.ts'

/** What an engine that speaks PostgreSQL says of itself. A setting that it does not have is null. */
const ASK = `select version() as version,
  (select string_agg(extname, ', ') from pg_extension where extname in ('citus', 'timescaledb')) as extensions,
  (select count(*) from pg_trigger where tgname = 'entry_no_truncate' and tgrelid = 'entry'::regclass) as guards,
  current_setting('synchronous_commit', true) as synchronous_commit, current_setting('fsync', true) as fsync,
  current_setting('full_page_writes', true) as full_page_writes`

/** Settings that lose acknowledged commits if they are off. */
const DURABLE = ['synchronous_commit', 'fsync', 'full_page_writes'] as const

/** Asks an engine what it is, and which of our guards and its own are off. Its ledger is migrated. */
export function* about(): TransactionBody<About> {
  const row = firstOrThrow(yield () => ({ sql: ASK, parameters: [] }))
  const [version = ''] = String(row['version']).split(/ on | \(/)
  const extensions = typeof row['extensions'] === 'string' ? ` with ${row['extensions']}` : ''
  const off = DURABLE.filter((name) => row[name] === 'off').map(
    (name) => `${name} is off: a crash can lose confirmed charges and purchases`,
  )
  if (Number(row['guards']) === 0) off.push('TRUNCATE of the entries is not refused')
  return { engine: `${version}${extensions}`, off }
}
