import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { preparedQuery, query, type Db } from '../../src/db/db.ts'
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

const rowsIn = (db: Db, id = 'acct_1') => db.read(() => findAccount({ id }))

async function nameIn(db: Db): Promise<string | undefined> {
  return (await rowsIn(db))[0]?.name
}

const setName = preparedQuery((db, p: { name: string }) =>
  db.updateTable('account').set({ name: p.name }).returning('name'),
)

test('reads that follow one another at once see one state of the ledger', async () => {
  await using ledger = await opened()
  const first = await nameIn(ledger.db)
  ledger.rename('after')
  expect([first, await nameIn(ledger.db)]).toEqual(['before', 'before'])
})

test('what another process has written is seen from the next turn of the event loop on', async () => {
  await using ledger = await opened()
  await nameIn(ledger.db)
  for (const name of ['after', 'later']) {
    ledger.rename(name)
    await nextTurn()
    expect([await nameIn(ledger.db), await nameIn(ledger.db)]).toEqual([name, name])
  }
})

test('a read sees what this process has written, and nothing of a write that failed', async () => {
  await using ledger = await opened()
  const { db } = ledger
  expect(await nameIn(db)).toBe('before')
  await db.write(() => setName({ name: 'written' }))
  expect(await nameIn(db)).toBe('written')
  const failing = db.write(function* () {
    yield* setName({ name: 'failed' })
    throw new Error('for a test')
  })
  await expect(failing).rejects.toThrow('for a test')
  expect(await nameIn(db)).toBe('written')
})

test('a read is run once for each state of the ledger, and another parameter is another read', async () => {
  await using ledger = await opened()
  const { db } = ledger
  await db.write(() => openAccount('acct_2', 'other', 0))
  const rows = await rowsIn(db)
  await nextTurn()
  expect(await rowsIn(db)).toBe(rows)
  expect(await rowsIn(db, 'acct_2')).toMatchObject([{ name: 'other' }])
  expect(await rowsIn(db, 'acct_3')).toEqual([])
  const either = preparedQuery((builder, p: { a: string; b: string }) =>
    builder
      .selectFrom('account')
      .select('id')
      .where((eb) => eb.or([eb('id', '=', p.a), eb('name', '=', p.b)])),
  )
  expect(await db.read(() => either({ a: 'acct_1', b: '' }))).toEqual([{ id: 'acct_1' }])
  expect(await db.read(() => either({ a: 'acct_2', b: '' }))).toEqual([{ id: 'acct_2' }])
})

test('nobody can change rows that others may get', async () => {
  await using ledger = await opened()
  const rows = await rowsIn(ledger.db)
  expect(() => rows.pop()).toThrow(TypeError)
  expect(() => Object.assign(rows[0] ?? {}, { name: 'changed' })).toThrow(TypeError)
  expect(await nameIn(ledger.db)).toBe('before')
})

test('many results are not kept all', async () => {
  await using ledger = await opened()
  const { db } = ledger
  const rows = await rowsIn(db)
  for (let number = 0; number < 2_500; number += 1) await rowsIn(db, `acct_of_${number}`)
  expect(await rowsIn(db)).not.toBe(rows)
})

test('long results are not kept all', async () => {
  await using ledger = await opened()
  const { db } = ledger
  ledger.rename('a'.repeat(3_000_000))
  const rows = await rowsIn(db)
  for (const other of ['b', 'c']) await db.read(() => accountsNot({ other }))
  expect(await rowsIn(db)).not.toBe(rows)
})

const accountsNot = preparedQuery((db, p: { other: string }) =>
  db.selectFrom('account').select('name').where('id', '<>', p.other),
)

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
