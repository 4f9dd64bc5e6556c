import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, print } from './support/compare.ts'
import { measured } from './support/measured.ts'

/**
 * What traces add to a paid call: the CPU of a process that sends nine spans a call to a collector, against one that
 * sends none. Both pay through the same emulator of fal.ai, in turns; emulator and collector are not in the figures.
 */

const MODEL = 'fal-ai/flux/schnell'
const ROUNDS = 10
const CALLS = 40

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const prices = join(folder, 'prices.json')
// A millionth of a dollar, so that the grant lasts.
writeFileSync(prices, JSON.stringify({ [MODEL]: { usd: '0.000001', operation: 'generateImage' } }))

let spans = 0
const collector = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    spans += body.split('"spanId"').length - 1
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
})
collector.listen(0, '127.0.0.1')
await once(collector, 'listening')
const { port } = collector.address() as AddressInfo

const fal = fork(join(import.meta.dirname, 'support/fal-server.ts'))
const [{ url, key }] = (await once(fal, 'message')) as [{ url: string; key: string }]
const off = await start('off', {})
const on = await start('on', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` })
const ratios: number[] = []
try {
  print(
    `\nCPU of a paid call with and without traces (${ROUNDS} interleaved rounds of ${CALLS})\n\n`,
  )
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [first, second] = round % 2 === 0 ? [off, on] : [on, off]
    const took = new Map([
      [first, await run(first)],
      [second, await run(second)],
    ])
    if (round === 0) continue // to warm up
    const [without = 0, having = 0] = [took.get(off), took.get(on)]
    times[0].push(without)
    times[1].push(having)
    ratios.push(having / without)
  }
  const [without, having] = times.map((each) => (median(each) / CALLS).toFixed(2))
  print(
    `  ${without} ms without, ${having} ms with traces; ${(spans / ((ROUNDS + 1) * CALLS)).toFixed(1)} spans a call\n`,
  )
  measured({
    name: 'CPU of a paid call with traces',
    baseline: 'the same without traces',
    value: median(ratios),
    unit: 'x',
    goal: null,
  })
} finally {
  for (const child of [on, off, fal]) child.disconnect()
  collector.close()
  rmSync(folder, { recursive: true, force: true })
}

async function start(name: string, env: Record<string, string>): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'support/paid-worker.ts'), {
    env: {
      ...process.env,
      INKWELL_HOME: join(folder, name),
      INKWELL_MAX_CALLS_PER_MINUTE: '999999',
      INKWELL_PRICES: prices,
      FAL_KEY: key,
      INKWELL_FAL_BASE_URL: url,
      ...env,
    },
  })
  child.once('exit', (code) => void (code !== 0 && process.exit(1)))
  await once(child, 'message')
  return child
}

/** Lets a process make its calls. Returns the CPU that they took, in milliseconds. */
async function run(child: ChildProcess): Promise<number> {
  child.send(CALLS)
  const [took] = (await once(child, 'message')) as [number]
  return took
}
