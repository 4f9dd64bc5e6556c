import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { query, type Db } from '../../src/db/db.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { findAccount } from '../../src/ledger/queries/account.ts'
import { temporaryLedger } from '../support/databases.ts'

/** A ledger with an account, and another program that writes its name at once. */
async function opened() {
  const ledger = await temporaryLedger('sqlite')
  const { db } = ledger
  await db.write(() => openAccount('acct_1', 'before', 0))
  const other = new Database(ledger.url.replace('sqlite:', ''))
  return {
    db,
    rename: (name: string) => other.prepare('update account set name = ?').run(name),
    [Symbol.asyncDispose]: async () => {
      other.close()
      await ledger[Symbol.asyncDispose]()
    },
  }
}

async function nameIn(db: Db): Promise<string | undefined> {
  return (await db.read(() => findAccount({ id: 'acct_1' })))[0]?.name
}

test('reads that follow one another at once see one state of the ledger', async () => {
  await using ledger = await opened()
  const first = await nameIn(ledger.db)
  ledger.rename('after')
  expect([first, await nameIn(ledger.db)]).toEqual(['before', 'before'])
})

test('what another process has written is seen from the next turn of the event loop on', async () => {
  await using ledger = await opened()
  await nameIn(ledger.db)
  ledger.rename('after')
  await nextTurn()
  expect(await nameIn(ledger.db)).toBe('after')
})

test('a crowd larger than a commit writes and reads, and each sees what it wrote', async () => {
  await using ledger = await opened()
  const { db } = ledger
  const openAndFind = async (id: string) => {
    await db.write(() => openAccount(id, id, 0))
    return (await db.read(() => findAccount({ id })))[0]?.name
  }
  const ids = Array.from({ length: 200 }, (_, number) => `acct_of_${number}`)
  expect(await Promise.all(ids.map(openAndFind))).toEqual(ids)
})

test('a read that fails leaves no old state behind', async () => {
  await using ledger = await opened()
  const { db } = ledger
  await nameIn(db)
  await expect(
    db.read(() =>
      query((builder, sql) => builder.selectFrom('account').select(sql`no_such_column`.as('none'))),
    ),
  ).rejects.toThrow('no_such_column')
  ledger.rename('after')
  expect(await nameIn(db)).toBe('after')
})
