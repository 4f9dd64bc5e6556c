import { userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { ACCOUNT, book, examine, inkwell, temporaryHome, type Home } from '../support/app.ts'

const DAY = Date.UTC(2026, 1, 20)
const run = async (home: Home, ...args: string[]) => {
  const ran = await inkwell(home, [...args, '--json'])
  return { ...ran, json: ran.code === 0 ? (JSON.parse(ran.stdout) as object) : null }
}

test('credits and refunds are acts with author and reason, and a repeated one does nothing', async () => {
  using home = temporaryHome()
  await book(home, [{ at: DAY, cost: 50_000 }], DAY)
  const credit = ['accounts', 'credit', ACCOUNT, '--amount', '2.50', '--reason', 'promotion']
  expect((await run(home, ...credit, '--idempotency-key', 'a')).json).toMatchObject({
    id: expect.stringMatching(/^txn_topup_/),
    accountId: ACCOUNT,
    amount: { display: '$2.50' },
    reason: 'promotion',
    by: userInfo().username,
    replayed: false,
    balance: { display: '$7.45' },
  })
  expect((await run(home, ...credit, '--idempotency-key', 'a')).json).toMatchObject({
    replayed: true,
    balance: { display: '$7.45' },
  })
  const conflict = [...credit.with(4, '3'), '--idempotency-key', 'a']
  expect(await run(home, ...conflict)).toMatchObject({ code: 1, stdout: '' })
  const taken = await inkwell(home, [...credit.with(4, '-0.45'), '--by', 'Ada'])
  expect(taken.stdout).toMatch(
    /^ {2}local has \$0\.45 less, by txn_topup_\w+\.\n {2}Balance: \$7\.00$/m,
  )
  const refund = ['ledger', 'refund', 'gen_000001', '--reason', 'blurred', '--by', 'Ada']
  expect((await run(home, ...refund)).json).toMatchObject({
    id: expect.stringMatching(/^txn_refund_/),
    amount: { display: '$0.05' },
    by: 'Ada',
    replayed: false,
  })
  expect((await run(home, 'audit')).json).toMatchObject({
    audit: [
      {
        action: 'ledger.refund',
        by: 'Ada',
        account: ACCOUNT,
        subject: 'gen_000001',
        reason: 'blurred',
      },
      { action: 'accounts.credit', by: 'Ada', amount: { display: '-$0.45' }, reason: 'promotion' },
      { action: 'accounts.credit', amount: { display: '$2.50' }, reason: 'promotion' },
    ],
    hasMore: false,
  })
  expect((await inkwell(home, ['audit', '--limit', '1'])).stdout).toMatch(
    /At +By +Action +Account +Amount +Reason\n {2}\d{4}-.* Ada +ledger\.refund +acct_local +\$0\.05 +blurred · gen_000001\n\n {2}Showing/,
  )
  const { difference, available, transactions } = await examine(home)
  expect({ difference, available }).toEqual({ difference: null, available: 7_050_000 })
  expect(transactions.reduce((sum, { cost }) => sum - cost, 0)).toBe(7_050_000)
})

test.each([
  [['accounts', 'credit', ACCOUNT, '--reason', 'x'], 2],
  [['accounts', 'credit', ACCOUNT, '--amount', '5'], 2],
  [['accounts', 'credit', ACCOUNT, '--amount', 'five', '--reason', 'x'], 2],
  [['accounts', 'credit', ACCOUNT, '--amount', '0', '--reason', 'x'], 2],
  [['accounts', 'credit', ACCOUNT, '--amount', '1e3', '--reason', 'x'], 2],
  [['accounts', 'credit', ACCOUNT, '--amount', '5', '--reason', ' '], 2],
  [['accounts', 'credit', ACCOUNT, '--amount', '5', '--reason', 'x', '--by', ''], 2],
  [['accounts', 'credit', ACCOUNT, '--amount', '-5.000001', '--reason', 'x'], 1],
  [['accounts', 'credit', 'acct_0', '--amount', '5', '--reason', 'x'], 1],
])('%j changes nothing: %i', async (args, code) => {
  using home = temporaryHome()
  await book(home, [], DAY)
  const ran = await inkwell(home, args)
  expect(ran).toMatchObject({ code, stdout: '' })
  expect(ran.stderr).not.toBe('')
  expect(await examine(home)).toMatchObject({ available: 5_000_000, difference: null })
})
