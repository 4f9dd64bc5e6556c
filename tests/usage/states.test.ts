import { expect, test } from 'vitest'
import type { Caller } from '../../src/accounts/caller.ts'
import { issueKey } from '../../src/accounts/keys.ts'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { suspendAccount } from '../../src/operator/accounts.ts'
import { accountStatus } from '../../src/usage/account-status.ts'
import { stateLine, type Audience } from '../../src/usage/state-words.ts'
import { accountStates } from '../../src/usage/states.ts'
import {
  ACCOUNT,
  book,
  spendDownTo,
  temporaryHome,
  type Home,
  type Settings,
} from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { actOf } from '../support/operator-acts.ts'
import { loseCredits } from '../support/purchases.ts'

const NOW = Date.UTC(2026, 1, 28, 14, 21)
const HOUR = 3_600_000

type Asked = {
  settings?: Settings
  audience?: Audience
  caller?: Partial<Caller>
}

/** What the local account is told, line by line. */
async function told(
  home: Home,
  { settings = {}, audience = 'person', caller = {} }: Asked = {},
): Promise<string[]> {
  const app = createApp(loadConfig({ ...home.env, ...settings }), { now: () => NOW })
  try {
    const who = { ...app.localCaller('page'), ...caller }
    const states = await app.db.read(function* () {
      return yield* accountStates(who, yield* accountStatus(who, NOW), NOW)
    })
    return states.map((state) => stateLine(state, audience))
  } finally {
    await app.close()
  }
}

onEachEngine(() => {
  test('an account without trouble is told nothing; a low balance and its end are told with the next step', async () => {
    using home = temporaryHome()
    await book(home, [], NOW)
    expect(await told(home)).toEqual([])
    await spendDownTo(home, 1_000_000, NOW)
    expect(await told(home)).toEqual([])
    await spendDownTo(home, 999_999, NOW)
    expect(await told(home)).toEqual([
      'Low balance. $0.999999 is available, less than $1.00. Buy credits.',
    ])
    await spendDownTo(home, 0, NOW)
    expect(await told(home)).toEqual([
      'Out of credits. Nothing is available. Paid calls are refused. Buy credits.',
    ])
    expect(await told(home, { audience: 'agent' })).toEqual([
      'Out of credits. Nothing is available. Paid calls are refused. buyCredits gives a payment link for more credits.',
    ])
    expect((await told(home, { audience: 'operator' }))[0]).toContain('inkwell billing buy')
    expect(await told(home, { caller: { billing: 'own_key' } })).toEqual([])
  })

  test('a debt is told with its payment, and instead of the empty balance', async () => {
    using home = temporaryHome()
    await spendDownTo(home, 0, NOW)
    await home.withLedger((db) => db.write(() => loseCredits(ACCOUNT, 10_000_000, NOW)))
    expect(await told(home)).toEqual([
      'Debt of $10.00. The payment of $10.00 of 2026-02-28 was refunded in part, so $10.00 of its credits was taken back. More of them had been spent than was left. Paid calls are refused until it is paid. Buy credits; the next purchase pays the debt first.',
    ])
  })

  test('a budget is told from four fifths on, and when it is used up, with its new start', async () => {
    using home = temporaryHome()
    await book(home, [{ at: NOW, cost: 799_999 }], NOW)
    const settings = { INKWELL_MAX_USD_PER_DAY: '1' }
    expect(await told(home, { settings })).toEqual([])
    await book(home, [{ at: NOW, cost: 1 }], NOW)
    expect(await told(home, { settings })).toEqual([
      'Daily budget: 80 % used. $0.80 of $1.00 is used, $0.20 is left. It starts anew on 2026-03-01, 00:00 UTC.',
    ])
    expect(await told(home, { settings: { INKWELL_MONTHLY_LIMIT_USD: '0.8' } })).toEqual([
      'Monthly limit used up. $0.80 of $0.80 is used, $0.00 is left. It starts anew on 2026-03-01, 00:00 UTC.',
    ])
    expect((await told(home, { settings, audience: 'operator' }))[0]).toContain(
      'INKWELL_MAX_USD_PER_DAY sets it.',
    )
    expect(await told(home, { settings: { INKWELL_MAX_USD_PER_RUN: '0' } })).toEqual([
      'Budget of this session used up. $0.00 of $0.00 is used, $0.00 is left. Another session has a budget of its own.',
    ])
  })

  test('a key is told of its end a week before, and a suspended account of the reason first', async () => {
    using home = temporaryHome()
    await spendDownTo(home, 500_000, NOW)
    const endsAt = async (atMs: number): Promise<string[]> => {
      const { id: keyId } = await home.withLedger((db) =>
        db.write(() => issueKey(ACCOUNT, { expiresAt: atMs }, NOW)),
      )
      return await told(home, { caller: { keyId } })
    }
    const { author } = actOf(NOW)
    await home.withLedger((db) => db.write(() => suspendAccount(ACCOUNT, 'unpaid invoice', author)))
    const suspended =
      'This account is suspended. The reason: unpaid invoice. Paid calls and purchases are refused. Ask the operator of this server.'
    const low = 'Low balance. $0.50 is available, less than $1.00. Buy credits.'
    expect(await endsAt(NOW + 7 * 24 * HOUR)).toEqual([
      suspended,
      low,
      'This API key ends on 2026-03-07, 14:21 UTC. From then on it is refused. Ask the operator of this server for another one.',
    ])
    expect(await endsAt(NOW + 7 * 24 * HOUR + 1)).toEqual([suspended, low])
  })
})
