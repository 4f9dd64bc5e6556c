import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillLedger } from './support/fill.ts'
import { median, startServer, type RpcServer } from './support/rpc.ts'

const ROUNDS = 7
const CALLS = 60

/** checkUsage over stdio: a large ledger against a small one, and against an echo tool on the bare SDK. */
export async function benchUsage(): Promise<string[]> {
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
    servers['echo'] = await startServer([join(import.meta.dirname, 'support/echo-server.mjs')], {})
    const medians = await measure(servers)
    const { small = 0, large = 0, echo = 0 } = medians
    return [
      `checkUsage, 1,000,000 generations against 1,000: ${(large / small).toFixed(2)}x (target <= 1.3)`,
      `checkUsage against echo on the bare SDK: ${(small / echo).toFixed(2)}x (target <= 2)`,
      `  (medians here: echo ${ms(echo)}, checkUsage small ${ms(small)}, large ${ms(large)})`,
    ]
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
      const params =
        name === 'echo'
          ? { name: 'echo', arguments: { text: 'hello' } }
          : { name: 'checkUsage', arguments: {} }
      for (let call = 0; call < CALLS; call += 1) {
        const took = await server.time('tools/call', params)
        if (round > 0) (times[name] ??= []).push(took) // the first round warms up
      }
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))
}

const ms = (value: number): string => `${value.toFixed(2)} ms`

if (import.meta.main) for (const line of await benchUsage()) process.stdout.write(`${line}\n`)
