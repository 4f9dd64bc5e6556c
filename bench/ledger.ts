import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Db } from '../src/db/db.ts'
import { openDb } from '../src/db/queue.ts'
import { openSqlite } from '../src/db/sqlite/sqlite.ts'
import { openAccount } from '../src/ledger/ledger.ts'
import type { Caps } from '../src/ledger/rules.ts'
import { findDifference } from '../src/verify.ts'
import { NO_CAPS, holdOf } from '../tests/support/holds.ts'
import { CAPTURE, HOLD } from '../tests/support/ledger-commands.ts'
import { compare } from './support/compare.ts'
import { recorded, replayer, type Recording } from './support/replay.ts'

/**
 * What the ledger adds to the database it stands on: paid calls (a hold and its capture, two durable
 * commits with three budgets, an entry and the roll-up) against the very same SQL on bare better-sqlite3.
 */

const AT = Date.UTC(2026, 10, 21, 12)
const CAPS: Caps = { ...NO_CAPS, session: 5_000_000, day: 5_000_000, month: 5_000_000 }

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const ledgers = new Map<string, Db>()

try {
  await compare({
    title: 'Paid calls, durable (WAL, synchronous=FULL), one account',
    unit: 'hold + capture',
    baseline: { name: 'bare better-sqlite3, same SQL, one caller', run: await bare() },
    contenders: [
      { name: 'Inkwell ledger, one caller', run: await callers(1), target: 0.7 },
      { name: 'Inkwell ledger, 16 callers', run: await callers(16), target: 5 },
      { name: 'Inkwell ledger, 64 callers', run: await callers(64), target: 9 },
    ],
  })
  for (const [name, db] of ledgers) {
    const difference = await db.read(findDifference)
    if (difference !== null) throw new Error(`${name}: ${JSON.stringify(difference)}`)
    await db.close()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function pay(db: Db, id: string): Promise<void> {
  await db.apply(HOLD, { request: holdOf({ id, amount: 1, created_at: AT }), caps: CAPS })
  await db.apply(CAPTURE, { id, amount: 1, at: AT })
}

async function callers(count: number): Promise<(forMs: number) => Promise<number>> {
  const db = openDb(await openSqlite(join(folder, `${count}.db`)))
  ledgers.set(`${count} callers`, db)
  await db.write(() => openAccount('acct_1', 'bench', AT))
  let calls = 0
  return async (forMs) => {
    const before = calls
    const until = performance.now() + forMs
    const caller = async () => {
      while (performance.now() < until) await pay(db, `gen_${++calls}`)
    }
    await Promise.all(Array.from({ length: count }, caller))
    return calls - before
  }
}

async function bare(): Promise<(forMs: number) => Promise<number>> {
  const file = join(folder, 'bare.db')
  const recordings: [Recording, Recording] = [[], []]
  const engine = await openSqlite(file)
  await openDb(engine).write(() => openAccount('acct_1', 'bench', AT))
  for (const [place, recording] of recordings.entries()) {
    await pay(openDb(recorded(engine, recording)), `gen_${place}`)
  }
  await engine.close()

  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  const replay = replayer(database, ...recordings)
  let calls = 2 // recorded already
  return async (forMs) => {
    const before = calls
    const until = performance.now() + forMs
    for (; performance.now() < until; calls++) replay(calls, `gen_${calls}`)
    return calls - before
  }
}
