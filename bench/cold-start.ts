import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measured } from './support/measured.ts'
import { median } from './support/rpc.ts'

const ROUNDS = 15
const COLD_START_MAX = 0.6
const USAGE_MAX_MS = 150
const root = join(import.meta.dirname, '..')
const TELL_CPU = join(root, 'bench/support/tell-cpu.cjs')
const USAGE = [join(root, 'dist/cli.js'), 'usage']

const MESSAGES = [
  {
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1' },
    },
  },
  { method: 'notifications/initialized' },
  { id: 2, method: 'tools/list' },
]

const SERVERS = {
  bare: 'bench/support/echo-server-1.mjs',
  inkwell: 'dist/cli.js',
  source: 'src/cli/cli.ts',
}

/** Milliseconds: of the clock, and of all cores. The CPU is what another process on the machine hardly changes. */
type Took = { wall: number; cpu: number }

/**
 * Spawn to the answer of tools/list: the built server against a one-tool server on SDK 1.x, which most servers use. And
 * `inkwell usage` against Node.js that does nothing.
 */
async function benchColdStart(): Promise<void> {
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
  const starts = new Map<string, Took[]>(Object.keys(SERVERS).map((name) => [name, []]))
  const commands: Took[] = []
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      const inTurn = Object.entries(SERVERS)
      for (const [name, file] of round % 2 === 0 ? inTurn : inTurn.toReversed()) {
        const took = await timeToList(file, folder)
        if (round > 0) starts.get(name)?.push(took) // the first round fills the compile cache
      }
    }
    if (existsSync(join(folder, 'test.db'))) throw new Error('a start opened the ledger')
    for (let round = 0; round <= ROUNDS; round += 1) {
      const bare = timeOf(['-e', '0'], folder)
      const usage = timeOf(USAGE, folder)
      if (round === 0) continue // makes the ledger
      commands.push({ wall: usage.wall - bare.wall, cpu: usage.cpu - bare.cpu })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const medianOf = (name: string, kind: keyof Took): number =>
    median((starts.get(name) ?? []).map((took) => took[kind]))
  const ratio = (name: string, kind: keyof Took): number =>
    medianOf(name, kind) / medianOf('bare', kind)
  const line = { baseline: 'one tool on SDK 1.x', unit: 'x' } as const
  const goal = { atMost: COLD_START_MAX }
  measured({ ...line, name: 'cold start to tools/list', value: ratio('inkwell', 'wall'), goal })
  if (existsSync('/proc/self/task'))
    measured({
      ...line,
      name: 'cold start to tools/list, CPU time',
      value: ratio('inkwell', 'cpu'),
      goal,
    })
  measured({ ...line, name: 'the same from source', value: ratio('source', 'wall'), goal: null })
  const longer = { baseline: 'node -e 0', unit: 'ms', goal: { atMost: USAGE_MAX_MS } } as const
  for (const [kind, name] of [
    ['wall', 'inkwell usage takes longer by'],
    ['cpu', 'inkwell usage takes longer by, CPU time'],
  ] as const)
    measured({ ...longer, name, value: median(commands.map((took) => took[kind])) })
}

const environment = (home: string): NodeJS.ProcessEnv => ({
  ...process.env,
  INKWELL_HOME: home,
  INKWELL_LOG_LEVEL: 'silent',
})

function timeToList(file: string, home: string): Promise<Took> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const child = spawn(process.execPath, [join(root, file)], {
      env: environment(home),
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let seen = ''
    let took: Took | undefined
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (took !== undefined || !seen.includes('"id":2')) return
      took = { wall: performance.now() - startedAt, cpu: cpuOf(child.pid ?? 0) }
      child.stdin.end()
    })
    child.once('error', reject)
    child.once('exit', () =>
      took === undefined ? reject(new Error(`${file} did not answer`)) : resolve(took),
    )
    for (const message of MESSAGES)
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  })
}

/** The CPU time of all threads of a process, in milliseconds; NaN where the system does not tell it (all but Linux). */
function cpuOf(pid: number): number {
  const files = globSync(`/proc/${pid}/task/*/schedstat`)
  if (files.length === 0) return Number.NaN
  const times = files.map((file) => Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6)
  return times.reduce((sum, time) => sum + time)
}

/** Runs a process. Throws if it fails. */
function timeOf(args: readonly string[], home: string): Took {
  const startedAt = performance.now()
  const all = ['--require', TELL_CPU, ...args]
  const options = { env: environment(home), encoding: 'utf8' } as const
  const { status, stderr } = spawnSync(process.execPath, all, options)
  const wall = performance.now() - startedAt
  if (status !== 0) throw new Error(stderr)
  return { wall, cpu: Number(stderr.trim().split('\n').at(-1)) }
}

await benchColdStart()
