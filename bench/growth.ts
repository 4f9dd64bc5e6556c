import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, type App } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { openDb } from '../src/db/queue.ts'
import { openSqlite } from '../src/db/sqlite/sqlite.ts'
import { perform } from '../src/generations/perform.ts'
import { fillAccount } from '../tests/support/large-account.ts'
import { promptly, scripted } from '../tests/support/slow-provider.ts'
import { median } from './support/compare.ts'
import { filledOnce } from './support/kept.ts'
import { measured } from './support/measured.ts'

/**
 * What a paid call costs this machine, as the account that makes it grows: CPU of the whole process, from the request to
 * the saved file and the charge, with a provider that answers at once. SQLite is a part of the process.
 */

const ROWS = [1_000, 100_000, 1_000_000]
const ROUNDS = 9
const CALLS = 20
const RATIO_MAX = 1.25

const never = new AbortController().signal
const OPTIONS = {
  maxCost: null,
  idempotencyKey: null,
  signal: never,
  disconnected: never,
  onProgress: () => {},
  handOverMs: 30_000,
}

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
try {
  const apps: App[] = []
  for (const rows of ROWS) apps.push(await open(rows))
  const costs = apps.map((): number[] => [])
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [place, app] of apps.entries()) {
      const cost = await cpuOf(app, round)
      if (round > 0) costs[place]?.push(cost) // the first round warms up
    }
  await Promise.all(apps.map((app) => app.close()))
  const [base = NaN, ...grown] = costs.map(median)
  for (const [place, cost] of grown.entries())
    measured({
      name: `CPU of a paid call, ${ROWS[place + 1]?.toLocaleString('en')} generations in its account`,
      baseline: `${ROWS[0]?.toLocaleString('en')} generations`,
      value: cost / base,
      unit: 'x',
      goal: { atMost: RATIO_MAX },
    })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Opens an app on a ledger whose account has made this many generations. */
async function open(rows: number): Promise<App> {
  const home = join(folder, String(rows))
  const file = join(folder, `${rows}.db`)
  await filledOnce(`account-${rows}`, file, async (empty) => {
    const db = openDb(await openSqlite(empty))
    await fillAccount(db, 'sqlite', { count: rows, nowMs: Date.now() })
    await db.close()
  })
  const settings = {
    INKWELL_HOME: home,
    INKWELL_DATABASE_URL: `sqlite:${file}`,
    INKWELL_MAX_CALLS_PER_MINUTE: '999999',
  }
  return createApp(loadConfig(settings, 'silent'), {
    openLocalProvider: async () => scripted(promptly),
  })
}

/** Makes some calls. Returns the CPU of one, in milliseconds. */
async function cpuOf(app: App, round: number): Promise<number> {
  const size = { width: 64, height: 64 }
  const before = process.cpuUsage()
  for (let call = 0; call < CALLS; call += 1) {
    const prompt = `a fox ${round} ${call}`
    const request = { operation: 'generateImage', model: 'fal-ai/flux/schnell', count: 1 } as const
    await perform(
      app.generations,
      { ...request, ...size, prompt },
      app.localCaller('bench'),
      OPTIONS,
    )
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / CALLS
}
