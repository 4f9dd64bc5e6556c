import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bareCall, writeTo, type Fal } from './support/bare-fal.ts'
import { print } from './support/compare.ts'
import { serveLive } from './support/live-server.ts'
import { measured } from './support/measured.ts'
import { median } from './support/rpc.ts'

/**
 * What a live call of `generateImage` over HTTP takes of the processors, on all threads of the server: with and without a
 * small copy of the picture in its answer, and what bare `@fal-ai/client` takes for the same picture in this process.
 */

const ROUNDS = 5
const CALLS = 96
const CALLERS = 16
/** How many calls of each come before: V8 compiles what runs often, on threads that count as well. */
const WARM_UP = 800
const GOAL_MS = 8

/** Code for the server: says what time of the processors it has had. */
const TELL_CPU = `process.on('message', () => process.send(process.cpuUsage()))`

type Contender = { name: string; call: () => Promise<void>; usage: () => Promise<NodeJS.CpuUsage> }

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const children: ChildProcess[] = []
try {
  const emulator = fork(join(import.meta.dirname, 'support/fal-server.ts'))
  children.push(emulator)
  const [fal] = (await once(emulator, 'message')) as [Fal]
  const { server, call } = await serveLive({ folder, fal, preload: TELL_CPU })
  children.push(server)
  let calls = 0 // an equal call would get the answer of the one before
  const inkwell = (preview: boolean) => () => call({ prompt: `a fox, ${(calls += 1)}`, preview })
  const usage = async () => {
    server.send('usage')
    const [figures] = (await once(server, 'message')) as [NodeJS.CpuUsage]
    return figures
  }
  const baseline = 'bare @fal-ai/client, file written'
  const own = async () => process.cpuUsage()
  print(`\nTime of the processors for a live call, in milliseconds\n\n`)
  await report([
    { name: baseline, call: bareCall(fal, writeTo(folder)), usage: own },
    { name: 'a live call over HTTP, CPU time', call: inkwell(false), usage },
    { name: 'a live call over HTTP and its picture, CPU time', call: inkwell(true), usage },
  ])
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}

/** Runs all in turn. */
async function report([bare, ...others]: [Contender, ...Contender[]]): Promise<void> {
  const all = [bare, ...others]
  const times = all.map((): number[] => [])
  for (const contender of all) await timeOf(contender, WARM_UP)
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [place, contender] of all.entries())
      times[place]?.push(await timeOf(contender, CALLS))
  const [base = Number.NaN, ...values] = times.map(median)
  print(`  ${bare.name}: ${base.toFixed(2)} ms\n`)
  for (const [place, { name }] of others.entries())
    measured({
      name,
      baseline: bare.name,
      value: values[place] ?? Number.NaN,
      unit: 'ms',
      goal: { atMost: GOAL_MS },
    })
}

/** Returns the time of the processors that a call takes. */
async function timeOf({ call, usage }: Contender, calls: number): Promise<number> {
  const before = await usage()
  let begun = 0
  const caller = async () => {
    while ((begun += 1) <= calls) await call()
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  await sleep(100) // what is done after the answer belongs to the call
  const after = await usage()
  return (after.user + after.system - before.user - before.system) / 1000 / calls
}
