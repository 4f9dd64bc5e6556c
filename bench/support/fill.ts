import Database from 'better-sqlite3'
import { LOCAL_ACCOUNT } from '../../src/accounts/sessions.ts'
import { FILL_MONTH_SUMS, FILL_SESSION_SUMS } from '../../src/db/migrations/0008-page.ts'
import { openSqlite } from '../../src/db/sqlite/sqlite.ts'
import { openDb } from '../../src/db/queue.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import { DAY_MS } from '../../src/ledger/rules.ts'
import { findDifference } from '../../src/verify.ts'
import { CATALOG } from '../../src/pricing/catalog.ts'
import { filledOnce } from './kept.ts'

/** Makes a ledger of the local account with this many captured generations, spread over a year, and verifies it. */
export function fillLedger(file: string, generations: number): Promise<void> {
  return filledOnce(`generations-${generations}`, file, (empty) => fill(empty, generations))
}

async function fill(file: string, generations: number): Promise<void> {
  const db = openDb(await openSqlite(file))
  const startMs = Date.now() - 365 * DAY_MS
  await db.write(() => bindMode('test'))
  await db.write(() => openAccount(LOCAL_ACCOUNT.id, LOCAL_ACCOUNT.name, startMs))
  await db.close()
  const raw = new Database(file)
  const granted = 10_000_000 + generations * 1_500_000
  raw.pragma('synchronous = OFF')
  raw.exec('begin')
  raw.exec(`drop trigger entry_no_update`)
  raw.exec(`update entry set amount = ${granted}, balance_after = ${granted}`)
  raw.exec(
    `create trigger entry_no_update before update on entry begin select raise(abort, 'entries are only ever added'); end`,
  )
  const hold = raw.prepare(
    `insert into hold values (?, ?, 'ses_bench', '', 'f', 'captured', 'credits', ?, ?, ?, ?, ?, 'local', ?, ?, ?, ?, null)`,
  )
  const entry = raw.prepare(
    `insert into entry values (?, ?, ?, 'capture', ?, ?, ?, 'customer', 'revenue', ?, ?, 0, 'credits', ?, ?, ?, 'local', 'ses_bench', '')`,
  )
  let balance = granted
  for (let index = 0; index < generations; index += 1) {
    const model = CATALOG[index % CATALOG.length]
    if (model === undefined) continue
    const at = startMs + Math.floor((index * 365 * DAY_MS) / generations)
    const day = new Date(at).toISOString().slice(0, 10)
    const id = `gen_${String(index).padStart(12, '0')}`
    balance -= model.price
    hold.run(
      id,
      LOCAL_ACCOUNT.id,
      model.price,
      model.price,
      model.operation,
      model.id,
      model.modality,
      day,
      at,
      at,
      at,
    )
    entry.run(
      LOCAL_ACCOUNT.id,
      index + 2,
      id,
      id,
      at,
      day,
      model.price,
      balance,
      model.operation,
      model.id,
      model.modality,
    )
  }
  raw.exec(SUMMARIES)
  raw
    .prepare(
      'update account set granted = ?, available = ?, spent = ?, entries = ?, last_at = (select max(at) from entry)',
    )
    .run(granted, balance, granted - balance, generations + 1)
  raw.exec('commit')
  raw.close()
  const check = openDb(await openSqlite(file))
  const difference = await check.read(findDifference)
  await check.close()
  if (difference !== null)
    throw new Error(`the bench ledger is wrong: ${JSON.stringify(difference)}`)
}

const SUMMARIES = `
  ${FILL_SESSION_SUMS};
  ${FILL_MONTH_SUMS};
  insert into usage_day select account_id, day, key_id, model, operation, modality, billing, count(*), sum(captured)
    from hold group by 1, 2, 3, 4, 5, 6, 7;
  insert into budget select 'session:' || session_id, account_id, 'session', session_id, '', null, 0, sum(captured)
    from hold group by account_id, session_id;
  insert into budget select 'day:' || account_id || ':' || day, account_id, 'day', account_id, day, null, 0, sum(captured)
    from hold group by account_id, day;
  insert into budget select 'month:' || account_id || ':' || substr(day, 1, 7), account_id, 'month', account_id, substr(day, 1, 7), null, 0, sum(captured)
    from hold group by account_id, substr(day, 1, 7);`
