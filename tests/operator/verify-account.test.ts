import { expect, test } from 'vitest'
import { verifyAccount } from '../../src/verify.ts'
import { onEachEngine } from '../support/engines.ts'
import { CHEAP } from '../support/live.ts'
import { operated } from '../support/operator.ts'
import { credit } from '../support/operator-acts.ts'

/** Damages of what is not computed from entries alone: the number of the invariant, and the statement, for an account. */
const DAMAGES: [invariant: string, sql: (account: string) => string][] = [
  ['I15', (id) => `update generation set status = 'failed' where account_id = '${id}'`],
  ['I16', (id) => `update asset set generation_id = null where account_id = '${id}'`],
  ['I20', (id) => `update upstream_day set count = count + 1 where account_id = '${id}'`],
  ['I22', (id) => `update usage_session_day set amount = 0 where account_id = '${id}'`],
  ['I23', (id) => `update usage_month set count = 7 where account_id = '${id}'`],
  [
    'I24',
    (id) => `insert into audit (id, at, author, action, account_id, amount, entry_id)
    values ('aud_x', 1, 'x', 'accounts.credit', '${id}', 1, 'txn_x')`,
  ],
]

onEachEngine(() => {
  test.each(DAMAGES)('%s is proven of one account alone', async (invariant, damage) => {
    await using shop = await operated()
    const [ada, grace] = [await shop.customer(), await shop.customer()]
    for (const { account } of [ada, grace]) {
      await shop.app.db.write(() => credit({ accountId: account.id, amount: 1 }, shop.app.now()))
    }
    await shop.call(ada, 'generateImage', CHEAP)
    await shop.call(grace, 'generateImage', CHEAP)
    const differs = async ({ account }: typeof ada) => {
      const { difference } = await shop.app.db.read(() => verifyAccount(account.id))
      return difference?.invariant.split(' ')[0] ?? null
    }
    expect([await differs(ada), await differs(grace)]).toEqual([null, null])
    const sql = damage(ada.account.id)
    await shop.app.db.write(function* tamper() {
      yield () => ({ sql, parameters: [] })
    })
    expect([await differs(ada), await differs(grace)]).toEqual([invariant, null])
  })
})
