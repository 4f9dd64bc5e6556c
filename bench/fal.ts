import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, type App } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { perform } from '../src/generations/perform.ts'
import { findDifference } from '../src/verify.ts'
import { folderStore } from '../src/media/folder-store.ts'
import { saveOutput } from '../src/media/save.ts'
import { bareCall, writeTo, type Fal } from './support/bare-fal.ts'
import { print } from './support/compare.ts'
import { MODEL } from './support/fal-model.ts'
import { liveSettings } from './support/live-server.ts'
import { measured } from './support/measured.ts'

/**
 * What a paid call adds to the time fal takes: hold, job and capture on a durable ledger with the output
 * saved and synced, against bare @fal-ai/client that submits, polls alike and writes the file, both on one
 * emulator in a process of its own.
 */

const ROUNDS = 8
/** The many come first: a server that sells pictures has made many of them. */
const LANES = [
  { callers: 32, calls: 96 },
  { callers: 1, calls: 12, targetMs: 5 },
]

type Call = () => Promise<void>
type Contender = { name: string; call: Call }

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const server = fork(join(import.meta.dirname, 'support/fal-server.ts'))
const [fal] = (await once(server, 'message')) as [Fal]
const app = openApp()

try {
  print(`\nPaid calls through fal.ai (milliseconds a call, ${ROUNDS} interleaved rounds)\n`)
  const contenders: Contender[] = [
    { name: 'bare @fal-ai/client, file written', call: bareCall(fal, writeTo(folder)) },
    { name: 'the same, file checked and synced', call: bareCall(fal, writeSafely) },
    { name: 'Inkwell', call: paid(app) },
  ]
  for (const { callers, calls, targetMs } of LANES) {
    const times = await interleave(contenders, callers, calls)
    const [base = []] = times
    print(`  ${callers} at once\n`)
    for (const [place, { name }] of contenders.entries()) show(name, times[place] ?? [], base)
    if (targetMs === undefined) continue
    const added = at(times.at(-1) ?? [], 0.5) - at(base, 0.5)
    measured({
      name: 'a paid call through fal.ai adds, p50',
      baseline: 'bare @fal-ai/client',
      value: added,
      unit: 'ms',
      goal: { atMost: targetMs },
    })
  }
  const difference = await app.db.read(findDifference)
  if (difference !== null) throw new Error(JSON.stringify(difference))
} finally {
  await app.close()
  server.disconnect()
  rmSync(folder, { recursive: true, force: true })
}

function openApp(): App {
  return createApp(loadConfig(liveSettings({ folder, fal }), 'silent'))
}

function paid(through: App): Call {
  const caller = through.localCaller('bench')
  const signal = new AbortController().signal
  const options = {
    maxCost: null,
    idempotencyKey: null,
    signal,
    disconnected: signal,
    onProgress: () => {},
    handOverMs: 60_000,
  }
  const size = { width: 1024, height: 576 }
  const request = {
    operation: 'generateImage',
    model: MODEL,
    count: 1,
    ...size,
  } as const
  let calls = 0
  return async () => {
    calls += 1 // an equal call would get the answer of the one before, which no client has taken here
    const asked = { ...request, prompt: `a fox, ${calls}` }
    const { generation } = await perform(through.generations, asked, caller, options)
    if (generation.status !== 'completed') throw new Error(generation.status)
  }
}

/** As Inkwell keeps a result: decoded to its end, and on disk before it is charged. */
async function writeSafely({ body }: Response, name: string): Promise<void> {
  if (body === null) throw new Error('an empty file')
  await saveOutput({ bytes: body }, { store: folderStore(folder), name })
}

/** Times of the calls of each, in milliseconds; the first round is to warm up. */
async function interleave(
  contenders: readonly Contender[],
  callers: number,
  calls: number,
): Promise<number[][]> {
  const times = contenders.map((): number[] => [])
  for (let round = 0; round <= ROUNDS; round += 1) {
    const places = [...contenders.keys()]
    for (const place of round % 2 === 0 ? places : places.toReversed()) {
      const took = await timed(contenders[place]?.call, callers, calls)
      if (round > 0) times[place]?.push(...took)
    }
  }
  return times
}

async function timed(call: Call | undefined, callers: number, calls: number): Promise<number[]> {
  const times: number[] = []
  let begun = 0
  const caller = async () => {
    while (begun < calls) {
      begun += 1
      const begunAt = performance.now()
      await call?.()
      times.push(performance.now() - begunAt)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return times
}

function at(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN
}

function show(name: string, times: readonly number[], base: readonly number[]): void {
  const columns = [0.5, 0.99].map((share) => {
    const added = at(times, share) - at(base, share)
    return `p${share * 100} ${at(times, share).toFixed(1).padStart(7)} (${added < 0 ? '' : '+'}${added.toFixed(1)})`
  })
  const ratio = at(times, 0.5) / at(base, 0.5)
  print(`    ${name.padEnd(36)}${columns.join('  ')}  ${ratio.toFixed(2)}x\n`)
}
