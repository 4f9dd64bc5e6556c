import { expect, test } from 'vitest'
import { issueKey, listKeys } from '../../src/accounts/keys.ts'
import { principalById } from '../../src/accounts/principal.ts'
import { createApp, type App } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import type { Compiled, TransactionBody } from '../../src/db/db.ts'
import { createHttp } from '../../src/server/http/http.ts'
import { callTool } from '../../src/server/mcp/call.ts'
import { toolsFor } from '../../src/tools/index.ts'
import { TRANSACTION_TYPES } from '../../src/usage/transactions.ts'
import { ACCOUNT, temporaryHome } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { fillAccount } from '../support/large-account.ts'
import { keepUnanalyzed, noting, planFaults, type PlanRules } from '../support/plans.ts'

const COUNT = 100_000
const NOW = Date.UTC(2026, 1, 28, 14, 21)
const HOST = '127.0.0.1'

/** A generation with a file, in the middle of all. */
const GENERATION = `gen_${10 ** 7 + COUNT / 2}`
const ASSET = `asset_${COUNT / 2}`

const MONTH = 'from=2026-02-01&to=2026-02-28'
const PATHS = [
  `/v1/usage?${MONTH}`,
  `/v1/usage?${MONTH}&key_id=key_1`,
  `/v1/usage/daily?${MONTH}`,
  `/v1/usage/export?from=2026-02-28&to=2026-02-28`,
  '/v1/usage/transactions',
  ...TRANSACTION_TYPES.flatMap((type) => [
    `/v1/usage/transactions?type=${type}`,
    `/v1/usage/transactions?type=${type}&modality=image`,
  ]),
  '/v1/usage/transactions?modality=image&limit=100',
  '/v1/usage/transactions?modality=voice',
  '/v1/credits',
  '/billing/usage',
  '/billing/invoices',
  '/v1/checkout/cs_none',
  `/v1/generations/${GENERATION}`,
  `/v1/generations/${GENERATION}/receipt`,
  `/v1/assets/${ASSET}`,
]

/** What is not found: no file was written, and nothing was bought. */
const STATUSES = new Map([
  ['/v1/checkout/cs_none', 404],
  [`/v1/assets/${ASSET}`, 503],
])

const CALLS: readonly [tool: string, input: object][] = [
  ['checkUsage', {}],
  ['checkUsage', { daily: true, days: 30, limit: 100 }],
  ['findImages', {}],
  ['findImages', { operation: 'upscale' }],
  ['findImages', { query: 'fog', operation: 'generateImage', days: 30 }],
  ['findImages', { query: 'fo', limit: 50 }],
  ['getGeneration', { id: GENERATION, waitSeconds: 0 }],
  ['getGeneration', { id: ASSET, waitSeconds: 0 }],
  ['viewImage', { id: GENERATION }],
  ['generateImage', { prompt: 'fog', quoteOnly: true }],
  ['editImage', { prompt: 'fog', image: ASSET, quoteOnly: true }],
]

/** Notes every statement that is read with from now on. */
function note({ db }: App): Map<string, Compiled> {
  const asked = new Map<string, Compiled>()
  const read = db.read.bind(db)
  db.read = <T>(unit: () => TransactionBody<T>) => read(() => noting(unit(), asked))
  return asked
}

/** Asks for everything that a program or an agent can read, with a key and without. */
async function readAll(app: App): Promise<void> {
  const { db } = app
  const caps = { session: 1, day: 1, month: 1, total: 1 }
  const { key, id } = await db.write(() => issueKey(ACCOUNT, { caps }, NOW))
  const http = await createHttp(app, { hosts: [HOST], publicUrl: undefined })
  for (const path of PATHS) {
    const headers = { host: HOST, authorization: `Bearer ${key}` }
    const { status, body } = await http.fetch(new Request(`http://${HOST}${path}`, { headers }))
    await body?.cancel()
    expect({ path, status }).toEqual({ path, status: STATUSES.get(path) ?? 200 })
  }
  const tools = toolsFor(app.generations.rates)
  const { signal } = new AbortController()
  const call = { caller: app.localCaller('plans'), signal, disconnected: signal, maxWaitMs: 0 }
  for (const [name, input] of CALLS) {
    const tool = tools.find((each) => each.name === name)
    if (tool === undefined) throw new Error(`no tool ${name}`)
    await callTool(app, tool, input, { ...call, onProgress: () => {}, takesStructured: true })
  }
  await db.read(() => listKeys(ACCOUNT))
  await db.read(() => principalById(id, NOW))
  await http.close()
}

/** The sums and keys do not grow with the generations. The best matches of a search are found by sorting all matches. */
const SMALL = /from ("(usage_day|usage_month|api_key|session|signing_key)"|prompt_search)|"newest"/

const RULES: PlanRules = {
  readMax: 2_000,
  sortedMax: 250,
  forbidden:
    /^SCAN (?!CONSTANT ROW|newest|matching|purchase|prompt_search|signing_key|api_key)|\(kind=\?\)/,
  isSmall: ({ sql }) => SMALL.test(sql),
  // There are few keys, which may be read as they are; but each request looks for one.
  indexOf: ({ sql }) => (/"(old_)?hash" = /.test(sql) ? /api_key USING INDEX/ : undefined),
}

/** Until statistics are there, PostgreSQL reads all generations to find a hundred of them by their ids. */
const WITHOUT_STATISTICS = /"generation" where "id" in/

onEachEngine((engine) => {
  test('no statement of a reading grows with the generations, with and without statistics', async () => {
    using home = temporaryHome()
    await home.withLedger(async (db) => {
      await keepUnanalyzed(db, engine)
      await fillAccount(db, engine, { count: COUNT, nowMs: NOW })
    })
    const app = createApp(loadConfig({ ...home.env, INKWELL_MONTHLY_LIMIT_USD: '1' }, 'silent'), {
      now: () => NOW,
    })
    const asked = note(app)
    await readAll(app)
    await app.close()
    expect(asked.size).toBeGreaterThan(25)
    const known = (analyzed: boolean) =>
      [...asked.values()].filter(
        ({ sql }) => analyzed || engine === 'sqlite' || !WITHOUT_STATISTICS.test(sql),
      )
    const faults = await home.withLedger((db) =>
      planFaults(db, engine, { statements: known, rules: RULES }),
    )
    expect(faults).toEqual([])
  })
})
