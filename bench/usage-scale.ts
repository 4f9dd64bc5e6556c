import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createApp, type App } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { usageOverview } from '../src/usage/overview.ts'
import { newSchemas } from '../tests/support/databases.ts'
import { startPostgres } from '../tests/support/postgres.ts'
import { compare } from './support/compare.ts'
import { fillLedger } from './support/fill.ts'
import { fillPostgres } from './support/fill-postgres.ts'
import { openOther, type OtherProcess } from './support/other-process.ts'

/**
 * The usage summary of one account that made 1,000,000 generations, against 50,000, on either engine. With fewer, a day
 * does not have a sum of each model yet, so there is less to read. Before each reading on SQLite another process writes,
 * because else nothing is read again.
 */

const ROWS = { small: 50_000, large: 1_000_000 }
const DAYS = 30
const READERS = 4

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
try {
  await using server = await startPostgres()
  const urls = await newSchemas(server.url, 2)
  await round('SQLite', async (rows, name) => {
    const file = join(folder, `${name}.db`)
    await fillLedger(file, rows)
    return `sqlite:${file}`
  })
  await round('PostgreSQL', async (rows, name) => {
    const url = urls[name === 'small' ? 0 : 1] ?? ''
    await fillPostgres(url, rows)
    return url
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function round(
  engine: string,
  fill: (rows: number, name: string) => Promise<string>,
): Promise<void> {
  const [small, large] = [
    open(await fill(ROWS.small, 'small')),
    open(await fill(ROWS.large, 'large')),
  ]
  await compare({
    title: `checkUsage's reading of ${DAYS} days on ${engine}`,
    unit: 'readings',
    baseline: { name: `${ROWS.small} generations`, run: (forMs) => read(small, forMs) },
    contenders: [
      { name: `${ROWS.large} generations`, run: (forMs) => read(large, forMs), target: 0.67 },
    ],
  })
  for (const { app, other } of [small, large]) {
    await app.close()
    other?.close()
  }
}

type Ledger = { app: App; other: OtherProcess | undefined }

function open(url: string): Ledger {
  const app = createApp(loadConfig({ INKWELL_HOME: folder, INKWELL_DATABASE_URL: url }, 'silent'))
  const [scheme, file = ''] = url.split('sqlite:')
  return { app, other: scheme === '' ? openOther(file) : undefined }
}

/** A few readers, each with one reading after another. */
async function read({ app, other }: Ledger, forMs: number): Promise<number> {
  const caller = app.localCaller('bench')
  const until = performance.now() + forMs
  let done = 0
  const reader = async (): Promise<void> => {
    while (performance.now() < until) {
      await nextTurn() // as a request begins
      other?.write()
      await app.db.read(() =>
        usageOverview(caller, { mode: 'test', days: DAYS, limit: 5 }, Date.now()),
      )
      done += 1
    }
  }
  await Promise.all(Array.from({ length: READERS }, reader))
  return done
}
