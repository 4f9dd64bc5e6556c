import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { issueKey } from '../src/accounts/keys.ts'
import { LOCAL_ACCOUNT } from '../src/accounts/sessions.ts'
import { openDb } from '../src/db/queue.ts'
import { openSqlite } from '../src/db/sqlite/sqlite.ts'
import { DAY_MS, dayOf } from '../src/ledger/rules.ts'
import { compare, print, type Contender } from './support/compare.ts'
import { measured } from './support/measured.ts'
import { fillLedger } from './support/fill.ts'
import { startLoad, type Shot } from './support/load.ts'
import { get, legacy, modern } from './support/shots.ts'

/**
 * What Inkwell adds to a request over HTTP: checkUsage through `/mcp` against an echo tool on the bare SDK
 * with the same wiring, and GET /v1/usage against a route of bare Hono; and whether its memory stays flat.
 * Each server and the load are processes of their own.
 */

const CONNECTIONS = [1, 64]
/** Of the rate of an empty route, by the number of connections. */
const REST_TARGETS = { 1: 0.5, 64: 0.25 }
const WARM_UP = 20_000
const SOAK = 100_000
/** How much the heap may grow between the two, after a garbage collection of each. */
const GROWTH_MAX = 1.1

/**
 * Code for the server: says what memory is in use, when asked. Of five collections the lowest counts: what
 * was in hand when the last request ended takes a moment to go.
 */
const TELL_MEMORY = `process.on('message', async () => {
  const heaps = []
  for (let tries = 0; tries < 5; tries += 1) {
    await new Promise((done) => setTimeout(done, 200))
    gc()
    heaps.push(process.memoryUsage().heapUsed)
  }
  process.send({ heap: Math.min(...heaps), resident: process.memoryUsage().rss })
}); process.once('disconnect', () => process.exit())`

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
using load = startLoad()
const servers: ChildProcess[] = []
try {
  const key = await prepare()
  const echo = await startEcho()
  const inkwell = await startInkwell()
  const range = `from=${dayOf(Date.now() - 29 * DAY_MS)}&to=${dayOf(Date.now())}`
  const pairs: Pair[] = [
    {
      title: '/mcp, clients of 2026-07-28',
      baseline: { name: 'echo on the bare SDK', shot: modern(echo, 'echo', { text: 'hello' }) },
      contender: { name: 'checkUsage', shot: modern(inkwell, 'checkUsage', {}, key) },
    },
    {
      title: '/mcp, clients of 2025-11-25',
      baseline: {
        name: 'echo on the bare SDK',
        shot: await legacy(echo, 'echo', { text: 'hello' }),
      },
      contender: { name: 'checkUsage', shot: await legacy(inkwell, 'checkUsage', {}, key) },
    },
    {
      title: 'REST',
      baseline: { name: 'a route of bare Hono', shot: get(echo, '/plain') },
      contender: { name: 'GET /v1/usage', shot: get(inkwell, `/v1/usage?${range}`, key) },
      targets: REST_TARGETS,
    },
  ]
  for (const connections of CONNECTIONS)
    for (const { title, baseline, contender, targets = {} } of pairs)
      await against(`${title}, ${connections} at once`, {
        baseline,
        contender,
        connections,
        ...(connections in targets && { target: targets[connections] ?? 0 }),
      })
  await soak(pairs.map(({ contender }) => contender.shot))
} finally {
  for (const server of servers) server.disconnect()
  rmSync(folder, { recursive: true, force: true })
}

type Named = { name: string; shot: Shot }
type Pair = {
  title: string
  baseline: Named
  contender: Named
  targets?: Record<number, number>
}
type Match = { baseline: Named; contender: Named; connections: number; target?: number }

async function against(
  title: string,
  { baseline, contender, connections, target }: Match,
): Promise<void> {
  const volleys = new Map<Named, number[][]>([
    [baseline, []],
    [contender, []],
  ])
  const running = (named: Named): Contender => ({
    name: named.name,
    run: async (forMs) => {
      const volley = await load.fire(named.shot, { connections, forMs })
      volleys.get(named)?.push(volley.times)
      return volley.times.length
    },
  })
  await compare({
    title,
    unit: 'answers',
    baseline: running(baseline),
    contenders: [{ ...running(contender), ...(target !== undefined && { target }) }],
  })
  // As in the rates, the first volley is to warm up.
  const [base, own] = [baseline, contender].map((named) =>
    at((volleys.get(named) ?? []).slice(1).flat(), 0.99),
  )
  print(`  p99 ${base?.toFixed(1)} and ${own?.toFixed(1)} ms\n`)
}

/** Sends a hundred thousand requests and compares the heap before and after. */
async function soak(shots: readonly Shot[]): Promise<void> {
  const server = servers.at(-1)
  const send = async (count: number) => {
    for (const shot of shots)
      await load.fire(shot, { connections: 16, count: Math.ceil(count / shots.length) })
  }
  await send(WARM_UP)
  const before = await memory(server)
  await send(SOAK)
  const after = await memory(server)
  measured({
    name: `heap after ${SOAK} requests`,
    baseline: `after ${WARM_UP}`,
    value: after.heap / before.heap,
    unit: 'x',
    goal: { atMost: GROWTH_MAX },
  })
  print(`  resident ${mb(before.resident)} and ${mb(after.resident)}\n`)
}

async function memory(
  server: ChildProcess | undefined,
): Promise<{ heap: number; resident: number }> {
  server?.send('memory')
  const [figures] = (await once(server as ChildProcess, 'message')) as [
    { heap: number; resident: number },
  ]
  return figures
}

/** A ledger with some history, and a key to read it with. */
async function prepare(): Promise<string> {
  const file = join(folder, 'ledger.db')
  await fillLedger(file, 1_000)
  const db = openDb(await openSqlite(file))
  const { key } = await db.write(() => issueKey(LOCAL_ACCOUNT.id, {}, Date.now()))
  await db.close()
  return key
}

async function startEcho(): Promise<string> {
  const server = fork(join(import.meta.dirname, 'support/echo-http.ts'))
  servers.push(server)
  const [url] = (await once(server, 'message')) as [string]
  return url
}

async function startInkwell(): Promise<string> {
  const cli = join(import.meta.dirname, '../src/cli/cli.ts')
  const server = fork(cli, ['serve', '--port', '0'], {
    execArgv: [
      '--expose-gc',
      '--import',
      `data:text/javascript,${encodeURIComponent(TELL_MEMORY)}`,
    ],
    env: {
      ...process.env,
      INKWELL_HOME: folder,
      INKWELL_DATABASE_URL: `sqlite:${join(folder, 'ledger.db')}`,
      INKWELL_LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  servers.push(server)
  if (server.stdout === null) throw new Error('no stdout')
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  return line.slice(line.indexOf('http://'))
}

function at(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
