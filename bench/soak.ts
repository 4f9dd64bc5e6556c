import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { print } from './support/compare.ts'
import { prepareServers } from './support/http-servers.ts'
import { startLoad } from './support/load.ts'
import { measured } from './support/measured.ts'
import { get, legacy, modern } from './support/shots.ts'

/** Whether the memory of a server stays flat over a hundred thousand requests. */

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
})`

using load = startLoad()
using servers = await prepareServers()
const { key, generation } = servers
const { url, process: server } = await servers.inkwell(
  [],
  ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(TELL_MEMORY)}`],
)
const shots = [
  modern(url, 'checkUsage', {}, key),
  await legacy(url, 'checkUsage', {}, key),
  get(url, `/v1/generations/${generation}`, key),
]
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

async function send(requests: number): Promise<void> {
  const count = Math.ceil(requests / shots.length)
  for (const shot of shots) await load.fire(shot, { connections: 16, count })
}

async function memory(child: ChildProcess): Promise<{ heap: number; resident: number }> {
  child.send('memory')
  const [figures] = (await once(child, 'message')) as [{ heap: number; resident: number }]
  return figures
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
