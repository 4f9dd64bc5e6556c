import { expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/accounts.ts'
import type { KeyCaps } from '../../src/accounts/api-key.ts'
import { sessionScope, type Caller, type ListedCaller } from '../../src/accounts/caller.ts'
import { issueKey } from '../../src/accounts/keys.ts'
import { authenticate, callerOfKey } from '../../src/accounts/principal.ts'
import { openSession } from '../../src/accounts/sessions.ts'
import { loadConfig, type Environment } from '../../src/config.ts'
import type { Db } from '../../src/db/db.ts'
import { capture, hold } from '../../src/ledger/ledger.ts'
import { begin, type Order } from '../../src/generations/begin.ts'
import { micro } from '../../src/money.ts'
import { findDifference } from '../../src/verify.ts'
import { temporaryLedger } from '../support/databases.ts'
import { holdOf } from '../support/holds.ts'
import { onEachEngine } from '../support/engines.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const DAY = 24 * 60 * 60_000
const NO_CAPS: KeyCaps = {
  session: null,
  day: null,
  month: null,
  total: null,
  call: null,
  approveAbove: null,
}
const CENTS = 10_000

const principal: Parameters<typeof callerOfKey>[0] = {
  account: { id: 'acct_1', name: 'Ada' },
  keyId: 'key_1',
  scopes: ['generate'],
  caps: NO_CAPS,
  group: null,
  models: { account: null, key: null },
}
const callerWith = (caps: Partial<KeyCaps>, env: Environment = {}): Caller =>
  callerOfKey({ ...principal, caps: { ...NO_CAPS, ...caps } }, 'work', loadConfig(env))

/** Spends as a paid call does, with the caller of a key that has these caps. */
async function spender(db: Db, caps: Partial<KeyCaps>, sessionName = 'work') {
  const { id } = await db.write(() => createAccount('Ada', NOW))
  const { key } = await db.write(() => issueKey(id, { caps }, NOW))
  let calls = 0
  return async (amount: number, at = NOW): Promise<void> => {
    const known = await db.read(() => authenticate(key, at))
    const caller = callerOfKey(known, sessionName, loadConfig({}))
    await db.write(function* pay() {
      const session = yield* openSession(sessionScope(caller), at)
      const work = holdOf({
        id: `gen_${id}_${(calls += 1)}`,
        amount,
        account_id: id,
        session_id: session.id,
        key_id: caller.keyId,
        created_at: at,
      })
      yield* hold(work, { ...caller.caps, session: session.budget })
      yield* capture(work.id, amount, at)
    })
  }
}

function orderOf(caller: ListedCaller, id: string): Order {
  const about = { operation: 'generateImage', model: 'fal-ai/flux-2-flex', count: 1 } as const
  const price = micro(50_000)
  return {
    id,
    request: { ...about, prompt: id, width: 64, height: 64 },
    quote: {
      ...about,
      endpoint: null,
      modality: 'image',
      provider: 'fal.ai',
      priceSource: 'catalog',
      unitPrice: price,
      price,
    },
    caller,
    provider: 'local',
    remarks: { adjusted: [], dropped: [] },
    idempotencyKey: null,
    saveAs: null,
  }
}

onEachEngine(() => {
  test('caps of the key and budgets of the server each have their place', () => {
    const budgets = {
      INKWELL_MAX_USD_PER_RUN: '9',
      INKWELL_MAX_USD_PER_DAY: '5',
      INKWELL_MONTHLY_LIMIT_USD: '6',
    }
    const group = {
      id: 'grp_1',
      accountId: 'acct_1',
      name: 'design',
      caps: { day: 7, month: null, total: 8 },
      createdAt: NOW,
    }
    const caps = { ...NO_CAPS, session: 1, day: 2, month: 3, total: 4, call: 5, approveAbove: 6 }
    const grouped = { ...principal, caps, group }
    expect(callerOfKey(grouped, 'work', loadConfig(budgets))).toEqual({
      account: { id: 'acct_1', name: 'Ada' },
      keyId: 'key_1',
      scopes: ['generate'],
      session: { name: 'work', budget: 1, cap: 1 },
      groupId: 'grp_1',
      caps: {
        day: 5_000_000,
        month: 6_000_000,
        key_day: 2,
        key_month: 3,
        key_total: 4,
        group_day: 7,
        group_month: null,
        group_total: 8,
      },
      maxPrice: 5,
      approveAbove: 6,
      models: { account: null, key: null },
      billing: 'credits',
      mayReadFiles: false,
      linkTo: null,
    })
  })

  test('a key without caps on a server without budgets has none', () => {
    const none = { day: null, month: null, key_day: null, key_month: null, key_total: null }
    expect(callerWith({})).toMatchObject({ session: { budget: null }, caps: none })
  })

  test.each([
    [null, undefined, null],
    [1_000_000, undefined, 1_000_000],
    [null, '2', 2_000_000],
    [1_000_000, '2', 1_000_000],
    [3_000_000, '2', 2_000_000],
    [0, '2', 0],
    [3_000_000, '0', 0],
    [0, undefined, 0],
  ])('a key of %j a session on a server of %j has %j', (session, run, budget) => {
    const caller = callerWith({ session }, { INKWELL_MAX_USD_PER_RUN: run })
    expect(caller.session.budget).toBe(budget)
  })

  test('work on an own fal.ai key is billed there', () => {
    expect(callerWith({}, { INKWELL_FAL_KEY: 'own' }).billing).toBe('own_key')
    expect(callerWith({}, { FAL_KEY: 'operator' }).billing).toBe('credits')
  })

  test.each<[keyof KeyCaps, string]>([
    ['session', 'session_budget_exceeded'],
    ['day', 'key_budget_exceeded'],
    ['month', 'key_budget_exceeded'],
    ['total', 'key_budget_exceeded'],
  ])('a %s cap is spent to the last micro-dollar and refuses one more as %s', async (cap, code) => {
    await using ledger = await temporaryLedger()
    const spend = await spender(ledger.db, { [cap]: 10 * CENTS })
    await spend(4 * CENTS)
    await spend(6 * CENTS)
    await expect(spend(1)).rejects.toMatchObject({
      code,
      facts: { scope: cap === 'session' ? 'session' : 'key' },
    })
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test.each<keyof KeyCaps>(['session', 'day', 'month', 'total'])(
    'a %s cap of 0 refuses every paid call',
    async (cap) => {
      await using ledger = await temporaryLedger()
      const spend = await spender(ledger.db, { [cap]: 0 })
      await expect(spend(1)).rejects.toMatchObject({
        code: expect.stringMatching(/_budget_exceeded$/),
      })
      expect(await ledger.db.read(findDifference)).toBeNull()
    },
  )

  test('a day cap starts anew with the UTC day, a total cap never', async () => {
    await using ledger = await temporaryLedger()
    const daily = await spender(ledger.db, { day: 5 * CENTS })
    const once = await spender(ledger.db, { total: 5 * CENTS })
    for (const spend of [daily, once]) await spend(5 * CENTS)
    await daily(5 * CENTS, NOW + DAY)
    await expect(once(1, NOW + 400 * DAY)).rejects.toMatchObject({ code: 'key_budget_exceeded' })
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('a key keeps its own session cap in a session that another key began without one', async () => {
    await using ledger = await temporaryLedger()
    const callers = await ledger.db.write(function* open() {
      const { id } = yield* createAccount('Team', NOW)
      const capped = yield* issueKey(id, { caps: { session: 60_000 } }, NOW)
      const free = yield* issueKey(id, {}, NOW)
      const callerOf = (key: typeof free) =>
        callerOfKey(
          { ...principal, account: { id, name: 'Team' }, keyId: key.id, caps: key.caps },
          'shared',
          loadConfig({}),
        )
      return { free: callerOf(free), capped: callerOf(capped) }
    })
    const pay = (caller: ListedCaller, id: string) =>
      ledger.db.write(() =>
        begin({
          order: orderOf(caller, id),
          lease: { owner: 'test', until: NOW },
          at: NOW,
          allowance: null,
        }),
      )
    await pay(callers.free, 'gen_1')
    await expect(pay(callers.capped, 'gen_2')).rejects.toMatchObject({
      code: 'session_budget_exceeded',
    })
    await pay(callers.free, 'gen_3')
  })
})
