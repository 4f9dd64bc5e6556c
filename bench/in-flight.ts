import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { issueKey } from '../src/accounts/keys.ts'
import { LOCAL_ACCOUNT } from '../src/accounts/sessions.ts'
import { openDb } from '../src/db/queue.ts'
import { openSqlite } from '../src/db/sqlite/sqlite.ts'
import { openAccount } from '../src/ledger/ledger.ts'
import { print } from './support/compare.ts'
import { MODEL, type Ask, type HeldFal } from './support/held-fal.ts'
import { measured } from './support/measured.ts'
import { modern, resultOf } from './support/shots.ts'

/**
 * The memory of a server while 200 calls over HTTP are in flight: while fal works on all of them, and at the peak when
 * all end at once, are downloaded, stored and shown.
 */

const CALLS = 200
const WARM_UP = 8
const GOAL_MB = 4

/** Code for the server: says what memory it has after a collection, and the most it has had since it was last asked. */
const TELL_MEMORY = `let peak = 0
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5).unref()
process.on('message', async () => {
  const had = peak
  for (let tries = 0; tries < 3; tries += 1) {
    await new Promise((done) => setTimeout(done, 200))
    gc()
  }
  peak = 0
  process.send({ ...process.memoryUsage(), peak: had })
})`

type Memory = NodeJS.MemoryUsage & { peak: number }

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const file = join(folder, 'ledger.db')
const children: ChildProcess[] = []
try {
  const held = start(join(import.meta.dirname, 'support/held-fal.ts'))
  const [fal] = (await once(held, 'message')) as [HeldFal]
  const { server, url } = await serve(fal)
  const key = await keyOf()
  const call = async (prompt: string) => {
    const { isError, structuredContent } = (await resultOf(
      modern(url, 'generateImage', { model: MODEL, prompt }, key),
    )) as { isError?: boolean; structuredContent: { status: string } }
    if (isError === true || structuredContent.status !== 'completed')
      throw new Error(JSON.stringify(structuredContent))
  }
  const all = (name: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, at) => call(`a fox, ${name} ${at}`)))
  await all('warm', WARM_UP)
  const before = await memory(server)
  held.send({ hold: CALLS } satisfies Ask)
  const begun = all('held', CALLS)
  await Promise.race([once(held, 'message'), begun])
  const waiting = await memory(server)
  held.send('release' satisfies Ask)
  await begun
  const after = await memory(server)
  report(fal, [before, waiting, after])
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}

function start(path: string, ...[args, options]: [string[]?, object?]): ChildProcess {
  const child = fork(path, args ?? [], options ?? {})
  children.push(child)
  return child
}

async function serve({ url, key }: HeldFal): Promise<{ server: ChildProcess; url: string }> {
  const prices = join(folder, 'prices.json')
  const price = { usd: '0.000001', operation: 'generateImage' } // so that the grant lasts
  writeFileSync(prices, JSON.stringify({ [MODEL]: price }))
  const server = start(join(import.meta.dirname, '../src/cli/cli.ts'), ['serve', '--port', '0'], {
    execArgv: [
      '--expose-gc',
      '--import',
      `data:text/javascript,${encodeURIComponent(TELL_MEMORY)}`,
    ],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      INKWELL_HOME: folder,
      INKWELL_DATABASE_URL: `sqlite:${file}`,
      INKWELL_LOG_LEVEL: 'silent',
      INKWELL_MAX_CALLS_PER_MINUTE: '999999',
      INKWELL_MAX_UNPAID_JOBS_PER_HOUR: '999999',
      INKWELL_PRICES: prices,
      INKWELL_FAL_BASE_URL: url,
      FAL_KEY: key,
    },
  })
  if (server.stdout === null) throw new Error('no stdout')
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  return { server, url: line.slice(line.indexOf('http://')) }
}

async function keyOf(): Promise<string> {
  const db = openDb(await openSqlite(file))
  const { id, name } = LOCAL_ACCOUNT
  await db.write(() => openAccount(id, name, Date.now()))
  const { key } = await db.write(() => issueKey(id, {}, Date.now()))
  await db.close()
  return key
}

async function memory(child: ChildProcess): Promise<Memory> {
  child.send('memory')
  const [figures] = (await once(child, 'message')) as [Memory]
  return figures
}

function report({ bytes }: HeldFal, [before, waiting, after]: [Memory, Memory, Memory]): void {
  const mb = (figure: number) => `${(figure / 1e6).toFixed(1)} MB`
  const shown = ({ rss, heapUsed, external, arrayBuffers }: Memory) =>
    `resident ${mb(rss)}, heap ${mb(heapUsed)}, external ${mb(external)}, of it buffers ${mb(arrayBuffers)}`
  print(`\nMemory of ${CALLS} calls in flight, each of a picture of ${mb(bytes)}\n\n`)
  print(`  before   ${shown(before)}\n  waiting  ${shown(waiting)}\n  after    ${shown(after)}\n`)
  print(`  peak     resident ${mb(after.peak)}\n`)
  const baseline = 'the server before them'
  const goal = { atMost: GOAL_MB }
  const each = (rss: number) => Math.max(0, (rss - before.rss) / CALLS / 1e6)
  measured({
    name: 'memory of a call that waits',
    baseline,
    value: each(waiting.rss),
    unit: 'MB',
    goal,
  })
  measured({
    name: 'memory of a call at the peak, its picture included',
    baseline,
    value: each(after.peak),
    unit: 'MB',
    goal,
  })
}
