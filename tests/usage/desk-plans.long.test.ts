import { expect, test } from 'vitest'
import type { Compiled, TransactionBody } from '../../src/db/db.ts'
import { findOperator } from '../../src/operator/admin-sessions.ts'
import { listActs } from '../../src/operator/audit.ts'
import { deskAccount } from '../../src/usage/desk/account.ts'
import { ORDERS } from '../../src/usage/desk/accounts.ts'
import { accountNamed } from '../../src/usage/desk/find.ts'
import { createKeep } from '../../src/usage/desk/keep.ts'
import { namesIn } from '../../src/usage/desk/names.ts'
import { deskAccounts, deskOverview } from '../../src/usage/desk/overview.ts'
import { temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { accountAt, fillAccounts } from '../support/many-accounts.ts'
import { keepUnanalyzed, noting, planFaults, type PlanRules } from '../support/plans.ts'

const ACCOUNTS = 3_000
const NOW = Date.UTC(2026, 1, 28, 14, 21)

/** What reads a row of every account, by design: their totals and rankings, a search, and the sums of a day. All are kept. */
const OF_ALL_ACCOUNTS =
  /count\(\*\) as "accounts"|order by available - debt|"usage_month" where "month"|lower\(name\)|^select "(usage|upstream)_day"\."model"(?!.*"account_id" =)/

/** Without statistics PostgreSQL takes failures to be so rare that it reads and sorts all. This reading is kept, too. */
const FAILURES = /^select ("error"|"code")/

const RULES: PlanRules = {
  readMax: 1_100, // the newest failures, and 30 days of 25 accounts
  sortedMax: 250,
  forbidden: /^SCAN (?!(account|audit|alert|hold|refused_call|generation) USING INDEX)/, // in its order, up to the limit
  isSmall: ({ sql }) => /from "(usage_day|upstream_day|api_key|refused_call|approval)"/.test(sql),
  indexOf: () => undefined,
}

onEachEngine((engine) => {
  test('no statement of the page reads more with more accounts, but those that are kept', async () => {
    await using ledger = await temporaryLedger()
    const { db } = ledger
    await keepUnanalyzed(db, engine)
    await fillAccounts(db, engine, { count: ACCOUNTS, nowMs: NOW })
    const asked = new Map<string, Compiled>()
    const read = <T>(unit: () => TransactionBody<T>) => db.read(() => noting(unit(), asked))
    const sources = { db: { read }, reports: { read }, keep: createKeep() }
    await deskOverview(sources, { order: 'newest', words: '', after: undefined }, NOW)
    for (const order of ORDERS)
      for (const words of ['', 'count 77']) {
        const { next } = await deskAccounts(sources, { order, words, after: undefined }, NOW)
        if (next !== null) await deskAccounts(sources, { order, words, after: next }, NOW)
      }
    for (const id of ['acct_1', 'key_1', 'gen_1', 'txn_1', 'asset_1', 'grp_1', 'pur_1'])
      await read(() => accountNamed(id))
    await read(() => deskAccount(accountAt(7), NOW))
    const { acts } = await read(() => listActs({ limit: 10, before: 'aud_10001000' }))
    await read(() => namesIn(acts))
    await read(() => findOperator('x', NOW))
    const statements = [...asked.values()].filter(({ sql }) => !OF_ALL_ACCOUNTS.test(sql))
    expect(asked.size - statements.length).toBe(9)
    const known = (analyzed: boolean) =>
      statements.filter(({ sql }) => analyzed || !FAILURES.test(sql))
    expect(await planFaults(db, engine, { statements: known, rules: RULES })).toEqual([])
  })
})
