import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/accounts.ts'
import { issueKey, listKeys, revokeKey, type KeyOptions } from '../../src/accounts/keys.ts'
import { LIVE_KEYS_MAX } from '../../src/accounts/key-refusals.ts'
import { authenticate, touchKey } from '../../src/accounts/principal.ts'
import type { Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'

import { findDifference } from '../../src/verify.ts'
import { openEngine, temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const MINUTE = 60_000

const open = (db: Db, name = 'Ada') => db.write(() => createAccount(name, NOW))
const issue = (db: Db, accountId: string, options: KeyOptions = {}, at = NOW) =>
  db.write(() => issueKey(accountId, options, at))
const enter = (db: Db, key: string | undefined, at = NOW) => db.read(() => authenticate(key, at))
const revoke = (db: Db, id: string, accountId?: string, at = NOW) =>
  db.write(function* revoking() {
    return (yield* revokeKey({ id, accountId }, at)).revokedAt
  })

async function ledgerWithKey(options: KeyOptions = {}) {
  const ledger = await temporaryLedger()
  const account = await open(ledger.db)
  return Object.assign(ledger, { account, issued: await issue(ledger.db, account.id, options) })
}

test('the files of the database hold the hash and never the key', async () => {
  await using ledger = await ledgerWithKey()
  const { db, file, issued } = ledger
  await enter(db, issued.key)
  await db.write(() => touchKey(issued.id, NOW))
  const bytes = readdirSync(dirname(file))
    .map((name) => readFileSync(join(dirname(file), name), 'latin1'))
    .join('')
  expect(bytes).toContain(createHash('sha256').update(issued.key).digest('hex'))
  expect(bytes).toContain(issued.prefix)
  expect(bytes).not.toContain(issued.key.slice(0, 13))
  expect(bytes).not.toContain(issued.key.slice(12))
})

/** Issues keys until an account may have ten more. */
const fill = (db: Db, id: string) =>
  db.write(function* filling() {
    for (let live = 10; live < LIVE_KEYS_MAX; live += 1)
      yield* issueKey(id, { expiresAt: NOW + MINUTE }, NOW)
  })

/** Accounts with ten keys each. The database on a server answers one question at a time here, in ten times the time. */
const ACCOUNTS = { sqlite: 1_000, postgres: 100 }

onEachEngine((engine) => {
  test('thousands of issued keys authenticate, each only as itself', async () => {
    await using ledger = await temporaryLedger()
    const issued = await ledger.db.write(function* issueMany() {
      const keys: { accountId: string; id: string; key: string }[] = []
      for (let number = 0; number < ACCOUNTS[engine]; number += 1) {
        const { id: accountId } = yield* createAccount(`account ${number}`, NOW)
        for (let live = 0; live < 10; live += 1) keys.push(yield* issueKey(accountId, {}, NOW))
      }
      return keys
    })
    expect(issued).toHaveLength(10 * ACCOUNTS[engine])
    expect(new Set(issued.map(({ key }) => key)).size).toBe(issued.length)
    const entered = await ledger.db.read(function* enterAll() {
      const principals: { accountId: string; id: string }[] = []
      for (const { key } of issued) {
        const { account, keyId } = yield* authenticate(key, NOW)
        principals.push({ accountId: account.id, id: keyId })
      }
      return principals
    })
    expect(entered).toEqual(issued.map(({ accountId, id }) => ({ accountId, id })))
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('a key authenticates as its account, with its scopes and caps', async () => {
    const caps = {
      session: 1,
      day: 0,
      month: null,
      total: 4_000_000,
      call: null,
      approveAbove: null,
    }
    await using ledger = await ledgerWithKey({ scopes: ['assets:read', 'generate'], caps })
    const { db, account, issued } = ledger
    expect(issued).toMatchObject({
      id: expect.stringMatching(/^key_[0-9a-f]{32}$/),
      key: expect.stringMatching(/^ink_[0-9a-f]{64}$/),
      prefix: issued.key.slice(0, 12),
    })
    expect(await enter(db, issued.key)).toEqual({
      account,
      keyId: issued.id,
      scopes: ['generate', 'assets:read'],
      caps,
      group: null,
      models: { account: null, key: null },
      lastUsedAt: null,
    })
  })

  test('missing, malformed, unknown, expired and revoked keys are refused in the same words', async () => {
    await using ledger = await ledgerWithKey()
    const { db, account, issued } = ledger
    const ended = await issue(db, account.id, { expiresAt: NOW + 1 })
    const revoked = await issue(db, account.id)
    await revoke(db, revoked.id)
    const last = issued.key.at(-1) === '0' ? '1' : '0'
    const keys = [
      undefined,
      '',
      'ink_',
      issued.key.slice(0, -1),
      `${issued.key} `,
      `${issued.key}\n`,
      issued.key.toUpperCase(),
      issued.key.slice(0, -1) + last,
      issued.prefix,
      issued.id,
      createHash('sha256').update(issued.key).digest('hex'),
      `ink_${'0'.repeat(64)}`,
      "ink_' or '1' = '1",
      'ink_'.repeat(100_000),
      ended.key,
      revoked.key,
    ]
    const refusals = await Promise.all(
      keys.map((key) =>
        enter(db, key, NOW + 1).then(
          () => 'accepted',
          (error: { code: string; message: string; hint: string }) =>
            [error.code, error.message, error.hint].join('|'),
        ),
      ),
    )
    expect(new Set(refusals).size).toBe(1)
    expect(refusals[0]).toMatch(/^unauthorized\|/)
    expect(await enter(db, issued.key, NOW + 1)).toMatchObject({ keyId: issued.id })
  })

  test('a list shows neither the key nor its hash', async () => {
    await using ledger = await ledgerWithKey({ name: ' laptop ' })
    const { db, account, issued } = ledger
    const [listed] = await db.read(() => listKeys(account.id))
    const { key, ...rest } = issued
    expect(listed).toEqual(rest)
    expect(listed).toMatchObject({ name: 'laptop', revokedAt: null, lastUsedAt: null })
    expect(JSON.stringify(listed)).not.toContain(key.slice(12))
    expect(JSON.stringify(listed)).not.toContain(createHash('sha256').update(key).digest('hex'))
  })

  test('a revoked key is refused at once, in every process, and revoking again changes nothing', async () => {
    await using ledger = await ledgerWithKey()
    const { db, url, account, issued } = ledger
    const elsewhere = openDb(await openEngine(url))
    expect(await enter(elsewhere, issued.key)).toMatchObject({ keyId: issued.id })
    expect(await revoke(db, issued.id, account.id, NOW + 1)).toBe(NOW + 1)
    await expect(enter(db, issued.key, NOW + 1)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(enter(elsewhere, issued.key, NOW)).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await revoke(db, issued.id, account.id, NOW + 5)).toBe(NOW + 1)
    await elsewhere.close()
  })

  test('a key of another account is not found, and stays live', async () => {
    await using ledger = await ledgerWithKey()
    const { db, issued } = ledger
    const other = await open(db, 'Grace')
    for (const [id, accountId] of [
      [issued.id, other.id],
      [issued.id, ''],
      ['key_unknown', other.id],
      ['key_unknown', undefined],
    ] as const)
      await expect(revoke(db, id, accountId)).rejects.toMatchObject({ code: 'not_found' })
    expect(await enter(db, issued.key)).toMatchObject({ keyId: issued.id })
    expect(await db.read(() => listKeys(other.id))).toEqual([])
  })

  test('a key is accepted until the millisecond before its end', async () => {
    await using ledger = await ledgerWithKey({ expiresAt: NOW + MINUTE })
    const { db, issued } = ledger
    expect(await enter(db, issued.key, NOW + MINUTE - 1)).toMatchObject({ keyId: issued.id })
    await expect(enter(db, issued.key, NOW + MINUTE)).rejects.toMatchObject({
      code: 'unauthorized',
    })
  })

  test('one live key too many is refused; a revoked or expired one makes room', async () => {
    await using ledger = await temporaryLedger()
    const { db, url } = ledger
    const { id } = await open(db)
    await fill(db, id)
    const elsewhere = openDb(await openEngine(url))
    const tries = await Promise.allSettled(
      Array.from({ length: 24 }, (_, number) =>
        issue(number % 2 === 0 ? db : elsewhere, id, { expiresAt: NOW + MINUTE }),
      ),
    )
    await elsewhere.close()
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    await expect(issue(db, id)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('1000 live API keys'),
    })
    const [first] = await db.read(() => listKeys(id))
    await revoke(db, first?.id ?? '', id)
    await issue(db, id)
    await expect(issue(db, id)).rejects.toMatchObject({ code: 'invalid_input' })
    await issue(db, (await open(db, 'Grace')).id)
    await issue(db, id, {}, NOW + MINUTE)
    expect(await db.read(() => listKeys(id))).toHaveLength(LIVE_KEYS_MAX + 2)
  })

  test.each<[string, KeyOptions, string]>([
    ['no scope', { scopes: [] }, 'at least one scope'],
    ['an end that has come', { expiresAt: NOW }, 'passed already'],
    ['an end that is no time', { expiresAt: Number.NaN }, 'passed already'],
    ['a name of nothing', { name: ' ' }, '1 to 100'],
    ['a name that draws', { name: 'a\u001B[2Jb' }, '1 to 100'],
  ])('a key with %s is refused and leaves nothing', async (_, options, words) => {
    await using ledger = await temporaryLedger()
    const { id } = await open(ledger.db)
    await expect(issue(ledger.db, id, options)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(words),
    })
    expect(await ledger.db.read(() => listKeys())).toEqual([])
  })

  test('a key of an unknown account is not issued', async () => {
    await using ledger = await temporaryLedger()
    await expect(issue(ledger.db, 'acct_unknown')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a cap that is negative or no whole micro-dollar is no key', async () => {
    await using ledger = await temporaryLedger()
    const { id } = await open(ledger.db)
    for (const cap of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -Number.MIN_VALUE])
      await expect(issue(ledger.db, id, { caps: { total: cap } })).rejects.toThrow(RangeError)
    expect(await ledger.db.read(() => listKeys())).toEqual([])
  })
})
