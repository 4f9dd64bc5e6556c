import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ARGS, COMMAND, REPOSITORY, temporaryHome } from '../support/app.ts'
import {
  bearer,
  connectHttp1,
  INITIALIZE,
  issued,
  MCP_HEADERS,
  openedAccount,
  serveHttp,
  type HttpServer,
} from '../support/http.ts'

const TILE = { imageSize: '64x64', preview: false }

const home = temporaryHome()
let account: string
let server: HttpServer

beforeAll(async () => {
  account = await openedAccount(home, 'Of many')
  server = await serveHttp(home, {}, { args: ['--workers', '2'] })
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

/** The ids of the processes that a process started and that still run. */
function childrenOf(pid: number | undefined): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,stat=', '--ppid', String(pid)], {
    encoding: 'utf8',
  })
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.includes('Z'))
    .map(Number.parseFloat)
}

const bothRun = () => vi.waitFor(() => expect(childrenOf(server.process.pid)).toHaveLength(2))

/** A connection of its own for each request: the next worker answers it. */
const post = async (body: object, headers: Record<string, string>) => {
  const answer = await fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: { ...MCP_HEADERS, ...headers, connection: 'close' },
    body: JSON.stringify(body),
  })
  return { session: answer.headers.get('mcp-session-id') ?? '', text: await answer.text() }
}

const sumOf = (text: string, name: string): number =>
  [...text.matchAll(RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  )

test('a session of 2025 goes on at any worker, and a cap holds over both of them', async () => {
  await bothRun()
  const { key } = await issued(home, account, { caps: { day: 200_000 } })
  const { session } = await post(INITIALIZE, bearer(key))
  const call = (id: number) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: 'generateImage', arguments: { ...TILE, prompt: `tile ${id}` } },
  })
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, id) =>
      post(call(id + 2), { ...bearer(key), 'mcp-session-id': session }),
    ),
  )
  const texts = answers.map(({ text }) => text)
  expect(texts.filter((text) => text.includes('key_budget_exceeded'))).toHaveLength(8)
  expect(texts.filter((text) => text.includes('"status":"completed"'))).toHaveLength(4) // $0.20 at $0.05

  const metrics = await (await server.get('/metrics')).text()
  expect(sumOf(metrics, 'inkwell_charged_micro_dollars_total')).toBe(200_000)
  expect(sumOf(metrics, 'inkwell_tool_call_seconds_count')).toBe(12)
  expect(sumOf(metrics, 'inkwell_build_info')).toBe(1)
  expect(sumOf(metrics, 'inkwell_held_micro_dollars')).toBe(0)
  const lint = spawnSync('promtool', ['check', 'metrics'], { input: metrics, encoding: 'utf8' })
  expect(`${lint.stdout}${lint.stderr}`).toBe('')
})

test('a worker that dies is replaced, and others serve meanwhile', async () => {
  await bothRun()
  const [victim = 0] = childrenOf(server.process.pid)
  process.kill(victim, 'SIGKILL')
  await vi.waitFor(() => expect(childrenOf(server.process.pid)).not.toContain(victim))
  expect((await server.get('/healthz', undefined, { connection: 'close' })).status).toBe(200)
  await vi.waitFor(() => expect(childrenOf(server.process.pid)).toHaveLength(2), 20_000)
})

test('a stop hands over the open calls of all workers, and leaves no process', async () => {
  await bothRun()
  const { key } = await issued(home, account)
  await using client = await connectHttp1(server, key)
  const running = client
    .call('generateImage', { prompt: 'a slow one', imageSize: '4096x4096' })
    .catch((error: Error) => error.message)
  await vi.waitFor(async () => {
    const metrics = await (await server.get('/metrics')).text()
    expect(sumOf(metrics, 'inkwell_held_micro_dollars')).toBeGreaterThan(0)
  }, 10_000)
  const pids = childrenOf(server.process.pid)
  for (const pid of pids) process.kill(pid, 'SIGTERM') // as systemd does: the workers are asked twice
  expect(await server.stop()).toBe(0)
  const answer = await running
  expect(JSON.stringify(answer)).toContain('running') // and not a lost connection
  expect(pids.filter(isRunning)).toEqual([])
})

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

test('a stop while the first worker still starts leaves no process', async () => {
  using other = temporaryHome()
  await openedAccount(other, 'Held up')
  const ledger = new Database(join(other.path, 'test.db'))
  ledger.exec('begin exclusive') // its start waits for ten seconds
  const child = spawn(COMMAND, [...ARGS, 'serve', '--port', '0', '--workers', '2'], {
    cwd: REPOSITORY,
    env: other.env,
    stdio: 'ignore',
  })
  const exit = once(child, 'exit')
  await vi.waitFor(() => expect(childrenOf(child.pid)).toHaveLength(1), 10_000)
  const [worker = 0] = childrenOf(child.pid)
  child.kill('SIGTERM')
  expect((await exit)[0]).toBe(0)
  ledger.close()
  expect(isRunning(worker)).toBe(false)
})

test('workers that cannot start end the command with their error', async () => {
  using other = temporaryHome()
  await using first = await serveHttp(other)
  const { port } = new URL(first.url)
  const { status, stderr } = spawnSync(
    COMMAND,
    [...ARGS, 'serve', '--workers', '2', '--port', port],
    { cwd: REPOSITORY, env: other.env, encoding: 'utf8', timeout: 20_000 },
  )
  expect(status).toBe(2)
  expect(stderr).toContain(`Inkwell cannot listen on 127.0.0.1:${port} (EADDRINUSE).`)
})
