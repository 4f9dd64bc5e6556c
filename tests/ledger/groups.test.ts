import { expect, test } from 'vitest'
import type { Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { capture, openAccount } from '../../src/ledger/ledger.ts'
import { findBudget } from '../../src/ledger/queries/budget.ts'
import { budgetsOf, type Caps } from '../../src/ledger/rules.ts'
import { findDifference } from '../../src/verify.ts'
import { openEngine, temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { holdOf, NO_CAPS } from '../support/holds.ts'
import { CAPTURE, HOLD } from '../support/ledger-commands.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const DAY = '2026-11-21'
const ADA = 'acct_1'
const AGENTS = 64
const CALLS = 8

/** An agent has a key, every third one is in the same group, and eight share a session. */
const agents = Array.from({ length: AGENTS }, (_, number) => ({
  key_id: `key_${number}`,
  group_id: `grp_${number % 3}`,
  session_id: `ses_${number % 8}`,
}))
type Agent = (typeof agents)[number]

const GROUP_CAPS: Record<string, number> = { grp_0: 60_000, grp_1: 90_000, grp_2: 120_000 }

/** What each agent may spend, by everything that counts at once. */
const capsOf = ({ group_id }: Agent, day: number | null): Caps => ({
  ...NO_CAPS,
  session: 40_000,
  day,
  key_total: 6_000,
  key_day: 5_000,
  group_month: GROUP_CAPS[group_id] ?? 0,
})

onEachEngine(() => {
  const hold = async (db: Db, id: string, agent: Agent, day: number | null): Promise<string> => {
    const request = holdOf({ id, amount: 1_000, account_id: ADA, created_at: NOW, ...agent })
    return await db.apply(HOLD, { request, caps: capsOf(agent, day) }).then(
      () => 'ok',
      (error: { code: string; facts: { scope: string } }) => `${error.code} ${error.facts.scope}`,
    )
  }
  const spent = async (db: Db, id: string): Promise<number> => {
    const [row] = await db.read(() => findBudget({ id }))
    return (row?.spent ?? 0) + (row?.held ?? 0)
  }

  test.each([{ day: 150_000 }, { day: null }])(
    '64 agents of 3 groups meet every cap at once exactly, with a daily budget of $day',
    async ({ day }) => {
      await using ledger = await temporaryLedger()
      await ledger.db.write(() => openAccount(ADA, 'one', NOW))
      const others = await Promise.all(
        [1, 2, 3].map(async () => openDb(await openEngine(ledger.url))),
      )
      const dbs = [ledger.db, ...others]
      const done = await Promise.all(
        agents.map(async (agent, number) => {
          const db = dbs[number % dbs.length] ?? ledger.db
          const codes: string[] = []
          for (let call = 0; call < CALLS; call += 1) {
            const id = `gen_${number}_${call}`
            const code = await hold(db, id, agent, day)
            codes.push(code)
            if (code === 'ok' && call % 2 === 0)
              await db.apply(CAPTURE, { id, amount: 1_000, at: NOW })
          }
          return codes
        }),
      )
      const passed = done.flat().filter((code) => code === 'ok').length * 1_000
      expect(await spent(ledger.db, `day:${ADA}:${DAY}`)).toBe(passed)
      const groups = await Promise.all(
        Object.keys(GROUP_CAPS).map((id) => spent(ledger.db, `group_month:${id}:2026-11`)),
      )
      expect(groups.reduce((sum, each) => sum + each, 0)).toBe(passed)
      // What passes is exact: all of the daily budget, or all that keys and groups allow.
      expect(day === null ? groups : passed).toEqual(day ?? [60_000, 90_000, 21 * 5_000])
      for (const [place, cap] of Object.values(GROUP_CAPS).entries())
        expect(groups[place]).toBeLessThanOrEqual(cap)
      // No refusal was wrong: everybody who asks again is refused again.
      const again = await Promise.all(
        agents.map((agent, number) => hold(ledger.db, `gen_again_${number}`, agent, day)),
      )
      expect(new Set(again)).not.toContain('ok')
      const codes = ['daily', 'key', 'session'].map((of) => `${of}_budget_exceeded`)
      for (const code of again) expect(codes).toContain(code.split(' ')[0])
      expect(await ledger.db.read(findDifference)).toBeNull()
      await Promise.all(others.map((db) => db.close()))
    },
  )

  test('a group refuses with its own scope, counts free of the key, and an end of a hold settles it', async () => {
    await using ledger = await temporaryLedger()
    const { db } = ledger
    await db.write(() => openAccount(ADA, 'one', NOW))
    const of = (key_id: string): Agent => ({ key_id, group_id: 'grp_0', session_id: 'ses_1' })
    const holds = async (id: string, key: string, caps: Partial<Caps>) => {
      const request = holdOf({ id, amount: 1_000, account_id: ADA, created_at: NOW, ...of(key) })
      return await db.apply(HOLD, { request, caps: { ...NO_CAPS, ...caps } })
    }
    await holds('gen_1', 'key_1', { group_total: 2_000 })
    await holds('gen_2', 'key_2', { group_total: 2_000 })
    await expect(holds('gen_3', 'key_3', { group_total: 2_000 })).rejects.toMatchObject({
      code: 'key_budget_exceeded',
      message: expect.stringContaining("Total cap of this key's group exceeded"),
      facts: { scope: 'group', limit: { micro: 2_000 }, held: { micro: 2_000 } },
    })
    await db.write(() => capture('gen_1', 400, NOW))
    const [total] = await db.read(() => findBudget({ id: 'group_total:grp_0' }))
    expect(total).toMatchObject({ held: 1_000, spent: 400, cap: 2_000 })
    await holds('gen_4', 'key_3', { group_total: 2_400 })
    const scopes = budgetsOf({ account_id: ADA, ...of('key_1'), day: DAY }).map(({ id }) => id)
    expect(scopes.filter((id) => id.startsWith('group_'))).toEqual([
      `group_day:grp_0:${DAY}`,
      'group_month:grp_0:2026-11',
      'group_total:grp_0',
    ])
    expect(await db.read(findDifference)).toBeNull()
  })
})
