import { spawn, execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measured } from './support/measured.ts'
import { median } from './support/rpc.ts'

const ROUNDS = 15
const COLD_START_MAX = 0.6
const root = join(import.meta.dirname, '..')

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

/** Spawn to the answer of tools/list: the built server against a one-tool server on SDK 1.x, which most servers use. */
async function benchColdStart(): Promise<void> {
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
  const servers = {
    bare: 'bench/support/echo-server-1.mjs',
    inkwell: 'dist/cli.js',
    source: 'src/cli/cli.ts',
  }
  const times: Record<string, number[]> = { bare: [], inkwell: [], source: [] }
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [name, file] of Object.entries(servers)) {
        const took = await timeToList(file, folder)
        if (round > 0) times[name]?.push(took) // the first round fills the compile cache
      }
    }
    if (existsSync(join(folder, 'test.db'))) throw new Error('a start opened the ledger')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const {
    bare = 0,
    inkwell = 0,
    source = 0,
  } = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))
  const line = { baseline: 'one tool on SDK 1.x', unit: 'x' } as const
  measured({
    ...line,
    name: 'cold start to tools/list',
    value: inkwell / bare,
    goal: { atMost: COLD_START_MAX },
  })
  measured({ ...line, name: 'the same from source', value: source / bare, goal: null })
}

function timeToList(file: string, home: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const child = spawn(process.execPath, [join(root, file)], {
      env: { ...process.env, INKWELL_HOME: home, INKWELL_LOG_LEVEL: 'silent' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let seen = ''
    let took = Number.NaN
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (!Number.isNaN(took) || !seen.includes('"id":2')) return
      took = performance.now() - startedAt
      child.stdin.end()
    })
    child.once('error', reject)
    child.once('exit', () => resolve(took))
    for (const message of MESSAGES)
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  })
}

await benchColdStart()
