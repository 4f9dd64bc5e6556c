import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { book, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { openedAccount } from '../support/http.ts'

const DAY = Date.UTC(2026, 1, 20)
const withWork = async (): Promise<Home> => {
  const home = temporaryHome()
  await book(home, [{ at: DAY, cost: 50_000 }], DAY)
  return home
}
const tamper = (home: Home, statements: string): void => {
  const database = new Database(join(home.path, 'test.db'))
  database.exec(statements)
  database.close()
}

test('verify passes a true ledger', async () => {
  using home = await withWork()
  const ran = await inkwell(home, ['ledger', 'verify'])
  expect(ran).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('verified') })
  expect(JSON.parse((await inkwell(home, ['ledger', 'verify', '--json'])).stdout)).toMatchObject({
    ok: true,
    difference: null,
  })
})

test('entries cannot be changed or removed', async () => {
  using home = await withWork()
  expect(() => tamper(home, 'update entry set amount = 1')).toThrow('only ever added')
  expect(() => tamper(home, 'delete from entry')).toThrow('only ever added')
  expect(await inkwell(home, ['ledger', 'verify'])).toMatchObject({ code: 0 })
})

test.each([
  [
    'an amount was changed',
    `drop trigger entry_no_update; update entry set amount = 40000 where kind = 'capture'`,
  ],
  ['an entry was removed', `drop trigger entry_no_delete; delete from entry where seq = 1`],
  ['a balance was raised', `update account set available = available + 1, granted = granted + 1`],
  ['a budget was lowered', `update budget set spent = 0 where scope = 'session'`],
  ['a roll-up was changed', `update usage_day set amount = amount - 1`],
])('verify finds that %s: exit code 1 and the first difference', async (_, statements) => {
  using home = await withWork()
  tamper(home, statements)
  const ran = await inkwell(home, ['ledger', 'verify'])
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringMatching(/differs: I\d+ /) })
})

test('verify tells a program the difference, and doctor sees it too', async () => {
  using home = await withWork()
  tamper(home, 'update usage_day set count = 2')
  const json = await inkwell(home, ['ledger', 'verify', '--json'])
  expect(json.code).toBe(1)
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, difference: { row: {} } })
  expect((await inkwell(home, ['doctor'])).code).toBe(1)
})

test('verify proves one account alone, stores no checkpoint, and knows who there is', async () => {
  using home = await withWork()
  const other = await openedAccount(home, 'Other')
  const verify = (...args: string[]) => inkwell(home, ['ledger', 'verify', ...args])
  tamper(
    home,
    `update account set available = available + 1, granted = granted + 1 where id = '${other}'`,
  )
  expect(await verify('--account', 'acct_local')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^ {2}Account verified: all \d+ invariants hold for acct_local\.\n {2}All its 2 entries were read\.\n$/,
    ),
  })
  const json = await verify('--account', other, '--json')
  expect({ code: json.code, ...(JSON.parse(json.stdout) as object) }).toMatchObject({
    code: 1,
    ok: false,
    account: other,
    difference: { row: { id: other } },
    checkpoint: null,
  })
  expect(await verify('--account', 'acct_none')).toMatchObject({ code: 1, stdout: '' })
  expect(await verify('--account', other, '--against', 'x.jws')).toMatchObject({ code: 2 })
})

test('refund gives a charge back, once, and the ledger still proves', async () => {
  using home = await withWork()
  const refund = () => inkwell(home, ['ledger', 'refund', 'gen_000001'])
  expect(await refund()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is refunded'),
  })
  expect(await refund()).toMatchObject({ code: 0, stdout: expect.stringContaining('before') })
  expect((await inkwell(home, ['usage'])).stdout).toContain('Balance: $5.00')
  expect((await inkwell(home, ['ledger', 'verify'])).code).toBe(0)
  const unknown = await inkwell(home, ['ledger', 'refund', 'gen_unknown'])
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
})
