import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillLedger } from './support/fill.ts'
import { measured } from './support/measured.ts'
import { median, startServer, type RpcServer } from './support/rpc.ts'

const ROUNDS = 7
const CALLS = 60

const CHECK_USAGE = { name: 'checkUsage', arguments: {} }

/** checkUsage over stdio: a large ledger against a small one, and against a tool on the bare SDK with the same answer. */
async function benchUsage(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
  const servers: Record<string, RpcServer> = {}
  try {
    for (const [name, rows] of Object.entries({ small: 1_000, large: 1_000_000 })) {
      const file = join(folder, `${name}.db`)
      await fillLedger(file, rows)
      servers[name] = await startServer([join(import.meta.dirname, '../src/cli/cli.ts')], {
        INKWELL_HOME: join(folder, name),
        INKWELL_DATABASE_URL: `sqlite:${file}`,
      })
    }
    const answer = await servers['small']?.result('tools/call', CHECK_USAGE)
    const bare = join(import.meta.dirname, 'support/echo-server.mjs')
    servers['bare'] = await startServer([bare, JSON.stringify(answer)], {})
    const medians = await measure(servers)
    const { small = 0, large = 0, bare: least = 0 } = medians
    measured({
      name: 'checkUsage over stdio, 1,000,000 generations',
      baseline: '1,000 generations',
      value: large / small,
      unit: 'x',
      goal: { atMost: 1.3 },
    })
    measured({
      name: 'checkUsage over stdio',
      baseline: 'the same answer by the bare SDK',
      value: small / least,
      unit: 'x',
      goal: { atMost: 2 },
    })
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Rounds interleaved, so that a busy moment of the machine falls on all alike. */
async function measure(servers: Record<string, RpcServer>): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {}
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, server] of Object.entries(servers)) {
      const params = name === 'bare' ? { name: 'answer', arguments: {} } : CHECK_USAGE
      for (let call = 0; call < CALLS; call += 1) {
        const took = await server.time('tools/call', params)
        if (round > 0) (times[name] ??= []).push(took) // the first round warms up
      }
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))
}

await benchUsage()
