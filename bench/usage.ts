import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillLedger } from './support/fill.ts'
import { measured } from './support/measured.ts'
import { openOther, type OtherProcess } from './support/other-process.ts'
import { median, startServer, type RpcServer } from './support/rpc.ts'

const ROUNDS = 7
const CALLS = 60

const CHECK_USAGE = { name: 'checkUsage', arguments: {} }

/**
 * checkUsage over stdio: a large ledger against a small one, to which another process writes before each call, because
 * else nothing is read again; and against a tool on the bare SDK with the same answer, with and without such writes.
 */
async function benchUsage(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
  const servers: Record<string, RpcServer> = {}
  const others: Record<string, OtherProcess> = {}
  try {
    for (const [name, rows] of Object.entries({ small: 1_000, large: 1_000_000 })) {
      const file = join(folder, `${name}.db`)
      await fillLedger(file, rows)
      others[name] = openOther(file)
      servers[name] = await startServer([join(import.meta.dirname, '../src/cli/cli.ts')], {
        INKWELL_HOME: join(folder, name),
        INKWELL_DATABASE_URL: `sqlite:${file}`,
      })
    }
    const answer = await servers['small']?.result('tools/call', CHECK_USAGE)
    const bare = join(import.meta.dirname, 'support/echo-server.mjs')
    servers['bare'] = await startServer([bare, JSON.stringify(answer)], {})
    const written = await measure(servers, others)
    const quiet = await measure(servers, {})
    measured({
      name: 'checkUsage over stdio, 1,000,000 generations',
      baseline: '1,000 generations',
      value: ratio(written, 'large', 'small'),
      unit: 'x',
      goal: { atMost: 1.3 },
    })
    measured({
      name: 'checkUsage over stdio',
      baseline: 'the same answer by the bare SDK',
      value: ratio(quiet, 'small', 'bare'),
      unit: 'x',
      goal: { atMost: 2 },
    })
    measured({
      name: 'checkUsage over stdio, each after a write',
      baseline: 'the same answer by the bare SDK',
      value: ratio(written, 'small', 'bare'),
      unit: 'x',
      goal: null,
    })
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()))
    for (const other of Object.values(others)) other.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Rounds interleaved, so that a busy moment of the machine falls on all alike. */
async function measure(
  servers: Record<string, RpcServer>,
  others: Record<string, OtherProcess>,
): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {}
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, server] of Object.entries(servers)) {
      const params = name === 'bare' ? { name: 'answer', arguments: {} } : CHECK_USAGE
      for (let call = 0; call < CALLS; call += 1) {
        others[name]?.write()
        const took = await server.time('tools/call', params)
        if (round > 0) (times[name] ??= []).push(took) // the first round warms up
      }
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))
}

function ratio(medians: Record<string, number>, name: string, base: string): number {
  return (medians[name] ?? Number.NaN) / (medians[base] ?? Number.NaN)
}

await benchUsage()
