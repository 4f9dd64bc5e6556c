import { openDb } from '../src/db/queue.ts'
import { openPostgres } from '../src/db/postgres.ts'
import type { Command } from '../src/db/db.ts'
import { CAPTURE, HOLD } from '../tests/support/ledger-commands.ts'
import { openAccount } from '../src/ledger/ledger.ts'
import type { Caps } from '../src/ledger/rules.ts'
import { findDifference } from '../src/verify.ts'
import { newSchemas } from '../tests/support/databases.ts'
import { NO_CAPS, holdOf } from '../tests/support/holds.ts'
import { startPostgres } from '../tests/support/postgres.ts'
import { compare } from './support/compare.ts'
import { openPlainPostgres } from './support/plain-postgres.ts'

/**
 * What the ledger makes of PostgreSQL: paid calls (a hold and its capture, two durable commits with three budgets,
 * an entry and the roll-up), against the same commands as plain transactions on the same server.
 */

const AT = Date.UTC(2026, 10, 21, 12)
const CAPS: Caps = { ...NO_CAPS, session: 5_000_000, day: 5_000_000, month: 5_000_000 }
const SPREAD = 1_000

type Apply = <A>(command: Command<A, boolean>, args: A) => Promise<unknown>

await using server = await startPostgres()
const targets = new Map([
  ['1 account, 64 callers', 10],
  [`${SPREAD} accounts, 16 callers`, 1.5],
])
for (const accounts of [1, SPREAD]) {
  for (const callers of [1, 16, 64]) await round(accounts, callers)
}

async function round(accounts: number, callers: number): Promise<void> {
  const title = `${accounts} account${accounts > 1 ? 's' : ''}, ${callers} callers`
  const [ours, plain] = [await ledgerWith(accounts), await ledgerWith(accounts)]
  const bare = openPlainPostgres(plain.url, callers)
  const target = targets.get(title)
  await compare({
    title: `Paid calls on PostgreSQL, ${title}`,
    unit: 'hold + capture',
    baseline: {
      name: 'plain transactions, a connection a caller',
      run: paying((command, args) => bare.write(() => command.single(args)), accounts, callers),
    },
    contenders: [
      {
        name: 'Inkwell ledger',
        run: paying((command, args) => ours.db.apply(command, args), accounts, callers),
        ...(target !== undefined && { target }),
      },
    ],
  })
  await bare.close()
  for (const { db } of [ours, plain]) {
    const difference = await db.read(findDifference)
    if (difference !== null) throw new Error(JSON.stringify(difference))
    await db.close()
  }
}

async function ledgerWith(accounts: number) {
  const [url = ''] = await newSchemas(server.url, 1)
  const db = openDb(await openPostgres(url))
  const ids = Array.from({ length: accounts }, (_, number) => `acct_${number}`)
  await Promise.all(ids.map((id) => db.write(() => openAccount(id, 'bench', AT))))
  return { url, db }
}

/** That many callers at once, each with one paid call after another on any of the accounts. */
function paying(apply: Apply, accounts: number, callers: number) {
  let calls = 0
  return async (forMs: number): Promise<number> => {
    const before = calls
    const until = performance.now() + forMs
    const caller = async (): Promise<void> => {
      while (performance.now() < until) {
        const id = `gen_${++calls}`
        const account_id = `acct_${Math.floor(Math.random() * accounts)}`
        const request = {
          id,
          amount: 1,
          created_at: AT,
          account_id,
          session_id: `ses_${account_id}`,
        }
        await apply(HOLD, { request: holdOf(request), caps: CAPS })
        await apply(CAPTURE, { id, amount: 1, at: AT })
      }
    }
    await Promise.all(Array.from({ length: callers }, caller))
    return calls - before
  }
}
