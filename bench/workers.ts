import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from './support/compare.ts'
import { prepareServers } from './support/http-servers.ts'
import { startLoad, type Shot } from './support/load.ts'
import { measured } from './support/measured.ts'
import { get, modern } from './support/shots.ts'

/**
 * What `inkwell serve --workers` brings where there are cores enough: how many answers fit into a second of the busiest
 * process, against a server without workers. Counted in CPU time, so that neither the load nor other work of the machine
 * is in it. What waits without working is not seen. Linux only: the times are read from /proc.
 */

const ROUNDS = 7
/** For each process that serves: those of a pair have as much at hand as one alone, and are as warm. */
const ANSWERS = 2_000
const CONNECTIONS = 64
/** A tick of the clock of /proc, in seconds. */
const TICK = 0.01

using load = startLoad()
using servers = await prepareServers()
const { key } = servers
const alone = await servers.inkwell()
const one = await servers.inkwell(['--workers', '1'])
const two = await servers.inkwell(['--workers', '2'])
await sleep(1_000) // all workers listen
const shots: [name: string, of: (url: string) => Shot][] = [
  ['GET /v1/credits', (url) => get(url, '/v1/credits', key)],
  ['checkUsage', (url) => modern(url, 'checkUsage', {}, key)],
]
for (const [name, shotOf] of shots) {
  const ratios: { one: number[]; two: number[] } = { one: [], two: [] }
  for (let round = 0; round <= ROUNDS; round += 1) {
    const base = await capacity(alone, shotOf)
    const of = { one: await capacity(one, shotOf), two: await capacity(two, shotOf, 2) }
    if (round === 0) continue // to warm up
    ratios.one.push(of.one / base)
    ratios.two.push(of.two / base)
  }
  const line = { baseline: 'without workers', unit: 'x' } as const
  measured({
    ...line,
    name: `${name}, one worker`,
    value: median(ratios.one),
    goal: { atLeast: 0.95 },
  })
  measured({
    ...line,
    name: `${name}, two workers`,
    value: median(ratios.two),
    goal: { atLeast: 1.7 },
  })
}

type Server = typeof alone

/** The answers in a second of CPU time of the busiest process of a server. */
async function capacity(
  { url, process: { pid = 0 } }: Server,
  shotOf: (url: string) => Shot,
  workers = 1,
): Promise<number> {
  const before = cpuTimes(pid)
  const { times } = await load.fire(shotOf(url), {
    connections: CONNECTIONS * workers,
    count: ANSWERS * workers,
  })
  const spent = cpuTimes(pid).map((time, place) => time - (before[place] ?? 0))
  return times.length / Math.max(...spent)
}

/** The CPU time of a process and of each of its workers, in seconds. */
function cpuTimes(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return [String(pid), ...children.split(' ').filter(Boolean)].map((each) => {
    const fields = readFileSync(`/proc/${each}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * TICK
  })
}
