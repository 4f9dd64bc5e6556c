import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { print } from './support/compare.ts'
import type { Ask, HeldFal } from './support/held-fal.ts'
import { serveLive } from './support/live-server.ts'
import { measured } from './support/measured.ts'

/**
 * The memory of a server while 200 calls over HTTP are in flight: while fal works on all of them, and at the peak when
 * all end at once, are downloaded, stored and shown.
 */

const CALLS = 200
const WARM_UP = 8
const GOAL_MB = 4

/** Code for the server: says what memory it has after a collection, and the most it has had since it was last asked. */
const TELL_MEMORY = `let peak = 0
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5).unref()
process.on('message', async () => {
  const had = peak
  for (let tries = 0; tries < 3; tries += 1) {
    await new Promise((done) => setTimeout(done, 200))
    gc()
  }
  peak = 0
  process.send({ ...process.memoryUsage(), peak: had })
})`

type Memory = NodeJS.MemoryUsage & { peak: number }

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const children: ChildProcess[] = []
try {
  const held = start(join(import.meta.dirname, 'support/held-fal.ts'))
  const [fal] = (await once(held, 'message')) as [HeldFal]
  const { server, call } = await serveLive({
    folder,
    fal,
    preload: TELL_MEMORY,
    flags: ['--expose-gc'],
  })
  children.push(server)
  const all = (name: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, at) => call({ prompt: `a fox, ${name} ${at}` })))
  await all('warm', WARM_UP)
  const before = await memory(server)
  held.send({ hold: CALLS } satisfies Ask)
  const begun = all('held', CALLS)
  await Promise.race([once(held, 'message'), begun])
  const waiting = await memory(server)
  held.send('release' satisfies Ask)
  await begun
  const after = await memory(server)
  report(fal, [before, waiting, after])
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}

function start(path: string): ChildProcess {
  const child = fork(path)
  children.push(child)
  return child
}

async function memory(child: ChildProcess): Promise<Memory> {
  child.send('memory')
  const [figures] = (await once(child, 'message')) as [Memory]
  return figures
}

function report({ bytes }: HeldFal, [before, waiting, after]: [Memory, Memory, Memory]): void {
  const mb = (figure: number) => `${(figure / 1e6).toFixed(1)} MB`
  const shown = ({ rss, heapUsed, external, arrayBuffers }: Memory) =>
    `resident ${mb(rss)}, heap ${mb(heapUsed)}, external ${mb(external)}, of it buffers ${mb(arrayBuffers)}`
  print(`\nMemory of ${CALLS} calls in flight, each of a picture of ${mb(bytes)}\n\n`)
  print(`  before   ${shown(before)}\n  waiting  ${shown(waiting)}\n  after    ${shown(after)}\n`)
  print(`  peak     resident ${mb(after.peak)}\n`)
  const baseline = 'the server before them'
  const goal = { atMost: GOAL_MB }
  const each = (rss: number) => Math.max(0, (rss - before.rss) / CALLS / 1e6)
  measured({
    name: 'memory of a call that waits',
    baseline,
    value: each(waiting.rss),
    unit: 'MB',
    goal,
  })
  measured({
    name: 'memory of a call at the peak, its picture included',
    baseline,
    value: each(after.peak),
    unit: 'MB',
    goal,
  })
}
