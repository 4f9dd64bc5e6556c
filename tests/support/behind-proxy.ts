import { openPostgres } from '../../src/db/postgres.ts'
import { openDb } from '../../src/db/queue.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { temporaryLedger } from './databases.ts'
import { postgresProxy } from './postgres-proxy.ts'

/** A ledger on PostgreSQL with the account `acct_1`, opened then, and the same through a proxy that can lose commits. */
export async function ledgerBehindProxy(openedAt: number) {
  const stack = new AsyncDisposableStack()
  const { db, url } = stack.use(await temporaryLedger('postgres'))
  await db.write(() => openAccount('acct_1', 'one', openedAt))
  const proxy = stack.use(await postgresProxy(url))
  const far = stack.adopt(openDb(await openPostgres(proxy.url)), (opened) => opened.close())
  return { db, far, proxy, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
