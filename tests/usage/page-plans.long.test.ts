import { expect, test } from 'vitest'
import { findPageSession } from '../../src/accounts/page-sessions.ts'
import { createApp } from '../../src/app.ts'
import { listPurchases } from '../../src/billing/queries.ts'
import { loadConfig } from '../../src/config.ts'
import type { Compiled, TransactionBody } from '../../src/db/db.ts'
import { lastDays } from '../../src/usage/days.ts'
import { usagePage } from '../../src/usage/page.ts'
import {
  DIVISIONS,
  isNarrowed,
  KINDS,
  type Narrowing,
  type Question,
} from '../../src/usage/question.ts'
import { ACCOUNT, temporaryHome, type Home } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { fillAccount } from '../support/large-account.ts'
import { keepUnanalyzed, noting, planFaults, type PlanRules } from '../support/plans.ts'

const COUNT = 100_000
const NOW = Date.UTC(2026, 1, 28, 14, 21)

/** Rows that a statement may read: the sums of a month by days, models and sessions. Rows that it may sort. */
const READ_MAX = 10_000
const SORTED_MAX = 250

const FILTERS: readonly Narrowing[] = [
  ...KINDS.map((kind) => ({ kind })),
  {},
  { model: 'fal-ai/model-3' },
  { operation: 'generateImage', modality: 'image' },
  { keyId: 'key_1' },
  { keyId: '' },
  { sessionId: 'ses_7' },
  { sessionId: 'ses_none', model: 'fal-ai/model-3' },
]
const PLACES: readonly Question['place'][] = [{}, { before: 90_000 }, { after: 90_000 }]

/** Every statement with which the page is read, for every kind of question. */
async function statementsOf(home: Home): Promise<Compiled[]> {
  const app = createApp(loadConfig({ ...home.env, INKWELL_MONTHLY_LIMIT_USD: '1' }), {
    now: () => NOW,
  })
  const asked = new Map<string, Compiled>()
  const read = <T>(unit: () => TransactionBody<T>): Promise<T> =>
    app.db.read(() => noting(unit(), asked))
  const caller = app.localCaller('page')
  const range = lastDays(30, NOW)
  for (const filter of FILTERS)
    for (const by of isNarrowed(filter) ? (['model'] as const) : DIVISIONS)
      for (const place of by === 'model' ? PLACES : [{}]) {
        const question: Question = { range, period: '30d', filter, by, size: 25, place }
        await read(() => usagePage(caller, app.mode, question, NOW))
        const year = { ...question, range: lastDays(365, NOW), period: undefined }
        if (by === 'model') await read(() => usagePage(caller, app.mode, year, NOW))
      }
  await read(() => findPageSession('x', NOW))
  await read(() => listPurchases(ACCOUNT, { limit: 10 }))
  await app.close()
  return [...asked.values()]
}

/** Conditions on entries, each with the indexes of which one must be used. */
const INDEXES: readonly [condition: RegExp, index: RegExp][] = [
  [/\bkind not in \('grant', 'capture'/, /entry_refund/],
  [/\bkind not in \('capture', 'refund'\)/, /entry_top_up/],
  [/"entry"\."session_id" = /, /entry_by_session_id/],
  [/entry\."model" = /, /entry_by_work/],
]

/**
 * The daily sums, keys and sessions do not grow with the generations, `newest` has a limit, and refused calls are kept
 * for 30 days, at most 20 an hour and key.
 */
function isSmall({ sql }: Pick<Compiled, 'sql'>): boolean {
  return /from "(usage_day|usage_session_day|usage_month|api_key|session|refused_call)"|"newest"/.test(
    sql,
  )
}

const RULES: PlanRules = {
  readMax: READ_MAX,
  sortedMax: SORTED_MAX,
  forbidden: /^SCAN (?!newest|matching|account)|\(kind=\?\)/,
  isSmall,
  indexOf: ({ sql }) => INDEXES.find(([condition]) => condition.test(sql))?.[1],
}

onEachEngine((engine) => {
  test('no statement of the page scans or sorts more than it shows, with and without statistics', async () => {
    using home = temporaryHome()
    await home.withLedger(async (db) => {
      await keepUnanalyzed(db, engine)
      await fillAccount(db, engine, { count: COUNT, nowMs: NOW })
    })
    const statements = await statementsOf(home)
    expect(statements.length).toBeGreaterThan(30)
    const faults = await home.withLedger((db) =>
      planFaults(db, engine, { statements: () => statements, rules: RULES }),
    )
    expect(faults).toEqual([])
  })
})
