import { DAY_MS, dayOf } from '../src/ledger/rules.ts'
import { compare, print, type Contender } from './support/compare.ts'
import { prepareServers } from './support/http-servers.ts'
import { startLoad, type Shot } from './support/load.ts'
import { get, legacy, modern, resultOf } from './support/shots.ts'

/**
 * What Inkwell adds to a request over HTTP: checkUsage through `/mcp` against a tool on the bare SDK with the same
 * wiring that returns the same answer, and the REST routes against an empty route of bare Hono. Each server and the load
 * are processes of their own.
 */

const CONNECTIONS = [1, 64]
/** Of the rate of an empty route, by the number of connections. */
const REST_TARGETS = { 1: 0.5, 64: 0.25 }

using load = startLoad()
using servers = await prepareServers()
const { key, generation } = servers
const { url: inkwell } = await servers.inkwell()
const checkUsage = modern(inkwell, 'checkUsage', {}, key)
const { url: echo } = await servers.echo(await resultOf(checkUsage))
const range = `from=${dayOf(Date.now() - 29 * DAY_MS)}&to=${dayOf(Date.now())}`
const sameAnswer = { baseline: 'the same answer by the bare SDK', targets: {} }
const empty = { baseline: 'an empty route of bare Hono', targets: REST_TARGETS }
const rest = (path: string) => ({
  ...empty,
  name: `GET ${path.replace(/\?.*/, '').replace(generation, '{id}')}`,
  shots: [get(echo, '/plain'), get(inkwell, path, key)] as const,
})
const pairs: Pair[] = [
  {
    ...sameAnswer,
    name: 'checkUsage, clients of 2026-07-28',
    shots: [modern(echo, 'answer', {}), checkUsage],
  },
  {
    ...sameAnswer,
    name: 'checkUsage, clients of 2025-11-25',
    shots: [await legacy(echo, 'answer', {}), await legacy(inkwell, 'checkUsage', {}, key)],
  },
  rest(`/v1/usage?${range}`),
  rest('/v1/credits'),
  rest(`/v1/generations/${generation}`),
]
for (const connections of CONNECTIONS) for (const pair of pairs) await against(pair, connections)

type Pair = {
  name: string
  baseline: string
  shots: readonly [baseline: Shot, own: Shot]
  targets: Record<number, number>
}

async function against(
  { name, baseline, shots, targets }: Pair,
  connections: number,
): Promise<void> {
  const times: [number[][], number[][]] = [[], []]
  const running = (title: string, which: 0 | 1): Contender => ({
    name: title,
    run: async (forMs) => {
      const volley = await load.fire(shots[which], { connections, forMs })
      times[which].push(volley.times)
      return volley.times.length
    },
  })
  const target = targets[connections]
  await compare({
    title: `${connections} at once`,
    unit: 'answers',
    baseline: running(baseline, 0),
    contenders: [{ ...running(name, 1), ...(target !== undefined && { target }) }],
  })
  // As in the rates, the first volley is to warm up.
  const [base, own] = times.map((volleys) => at(volleys.slice(1).flat(), 0.99))
  print(`  p99 ${base?.toFixed(1)} and ${own?.toFixed(1)} ms\n`)
}

function at(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN
}
