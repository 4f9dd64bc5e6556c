import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SERVED } from '../services/fal/published-inputs.ts'
import type { FalEmulator } from '../services/fal/emulator.ts'
import type { InjectedFault } from '../services/fal/script.ts'
import { FAULTS } from './live-faults.ts'
import { countLateSubmits } from './live-late.ts'
import { plainPicture } from './app.ts'
import { ERROR_CODES } from '../../src/errors.ts'
import { CHEAP, costIn, errorIn, liveApp, outputsOf, type Answer, type LiveApp } from './live.ts'

/** What a series of fault scripts came to. */
export type Figures = Record<
  | 'scripts'
  | 'calls'
  /** Calls that were charged, and for less than was asked for. */
  | 'paid'
  | 'partly'
  /** Calls that failed and cost nothing, and those whose outcome nobody knows. */
  | 'failed'
  | 'unknown'
  /** Calls given up by their client. */
  | 'givenUp'
  | 'faults'
  | 'jobs'
  /** Micro-dollars charged here, and billed by fal. */
  | 'charged'
  | 'billed',
  number
>

const CALLS = 3
const LATER_MS = 3_600_000
/** How long a call may answer that it still runs, in milliseconds. */
const RUNNING_MS = 60_000
const DEADLINES = { requestMs: 300, fileMs: 300, imageMs: 500, runMs: 500 }

/**
 * Runs mixed tools against a fal that fails at random, script after script, and proves after each that
 * the ledger, the files and fal's own books agree. Throws with the first script that does not. The same
 * seed draws the same calls and the same faults.
 */
export async function failAtRandom(
  { scripts, seed }: { scripts: number; seed: number },
  onScript: (figures: Figures) => void = () => {},
): Promise<Figures> {
  const figures: Figures = {
    scripts: 0,
    calls: 0,
    paid: 0,
    partly: 0,
    failed: 0,
    unknown: 0,
    givenUp: 0,
    faults: 0,
    jobs: 0,
    charged: 0,
    billed: 0,
  }
  for (let script = 0; script < scripts; script += 1) {
    const name = `${seed} ${script}`
    try {
      await oneScript(name, figures)
    } catch (cause) {
      throw new Error(`script ${script} of seed ${seed}`, { cause })
    }
    figures.scripts += 1
    onScript(figures)
  }
  return figures
}

async function oneScript(name: string, figures: Figures): Promise<void> {
  const draw = dice(name)
  const plan = { seed: draw(2 ** 31), chance: 0.08 + draw(30) / 100, faults: FAULTS }
  using late = countLateSubmits()
  await using live = await liveApp({ emulator: { plan, runMs: 10 }, deadlines: DEADLINES })
  const image = await plainPicture({ path: live.home })
  const calls = Array.from({ length: CALLS }, (_, place) => drawCall(draw, image, place))
  const answers = await Promise.all(calls.map((call) => begin(live, call)))
  await live.app.drain(20_000)
  const undecided = late.count() + live.fal.injected.filter(isUndecided).length
  ok((await openHolds(live)) <= undecided, 'only an unknown submit is held')
  await audit(live, calls, answers, figures)
}

/** Whether a fault leaves it open whether the work began, though its answer comes in time. */
function isUndecided({ stage, fault }: InjectedFault): boolean {
  return stage === 'submit' && fault.kind !== 'hang'
}

async function openHolds(live: LiveApp): Promise<number> {
  return (await live.books()).holds.filter((state) => state === 'held').length
}

type Call = {
  tool: string
  args: Record<string, unknown>
  count: number
  price: number
  /** Marks the jobs of this call among fal's: its prompt or text, or null where it has none. */
  mark: string | null
  giveUpMs: number | null
}

const CHEAP_ONES = SERVED.filter(({ price, id }) => price <= 350_000 && !/topaz/.test(id))

/** One call of any tool on any model, small and cheap enough for one grant. */
function drawCall(draw: Dice, image: string, place: number): Call {
  const model = CHEAP_ONES[draw(CHEAP_ONES.length)] ?? CHEAP_ONES[0]
  if (model === undefined) throw new RangeError('no models')
  const { id, operation, price } = model
  const mark = `fox ${place}`
  const giveUpMs = draw(6) === 0 ? draw(120) : null
  const about = { model: id, preview: false, ...(draw(2) === 0 && { idempotencyKey: mark }) }
  const count = operation === 'generateImage' || operation === 'editImage' ? 1 + draw(3) : 1
  const common = { count, price: count * price, giveUpMs, tool: operation }
  switch (operation) {
    case 'generateImage': {
      const { imageSize } = CHEAP
      return { ...common, mark, args: { ...about, prompt: mark, imageSize, numImages: count } }
    }
    case 'editImage':
      return { ...common, mark, args: { ...about, prompt: mark, image, numImages: count } }
    case 'removeBackground':
    case 'upscale':
      return { ...common, mark: null, args: { ...about, image } }
    case 'run': {
      const words = id === 'minimax/speech-02-hd' ? { text: mark } : { prompt: mark }
      const input = { ...words, ...(id === 'fal-ai/lora' && { model_name: 'acme/sdxl' }) }
      return { ...common, mark, args: { ...about, input } }
    }
  }
}

async function begin(live: LiveApp, { tool, args, giveUpMs }: Call): Promise<Answer> {
  const signal = giveUpMs === null ? new AbortController().signal : AbortSignal.timeout(giveUpMs)
  let answer = await live.call(tool, args, { signal })
  const waitUntil = performance.now() + RUNNING_MS
  while (answer.structured['status'] === 'running' && performance.now() < waitUntil) {
    await sleep(100) // a file that could not be fetched in time is fetched again
    answer = await live.call('getGeneration', { id: answer.structured['id'] })
  }
  return answer
}

async function audit(
  live: LiveApp,
  calls: readonly Call[],
  answers: readonly Answer[],
  figures: Figures,
): Promise<void> {
  let charged = 0
  for (const [place, answer] of answers.entries()) {
    const call = calls[place]
    if (call === undefined) throw new RangeError('an answer without a call')
    const cost = costOf(answer, call)
    charged += cost
    noDoubleJob(live.fal, call, calls)
    figures.calls += 1
    figures.givenUp += call.giveUpMs === null ? 0 : 1
    figures[cost === 0 ? 'failed' : 'paid'] += 1
    if (cost > 0 && cost < call.price) figures.partly += 1
  }
  const now = await live.books()
  strictEqual(now.difference, null)
  deepStrictEqual([now.spent, now.available + now.held + now.spent], [charged, 5_000_000])
  figures.unknown += await openHolds(live)
  await nothingHeldLater(live, charged)
  strictEqual(live.outputs().length, answers.flatMap(outputsOf).length, 'no file too many')
  figures.faults += live.fal.injected.length
  figures.jobs += live.fal.jobs.length
  figures.charged += charged
  figures.billed += live.fal.spentMicro()
}

/** What a call cost: its price for each file it got, and nothing where it failed. */
function costOf(answer: Answer, { count, price }: Call): number {
  const error = errorIn(answer)
  if (error !== undefined) {
    strictEqual(error.charged.micro, 0)
    strictEqual(error.retryable, ERROR_CODES[error.code].retryable)
    ok(error.code !== 'internal', answer.text)
    return 0
  }
  const files = outputsOf(answer)
  ok(files.length > 0 && files.length <= count)
  ok(files.every(({ path }) => existsSync(path)))
  strictEqual(costIn(answer), (price / count) * files.length)
  return costIn(answer) ?? 0
}

/** A call has at most as many jobs as it wanted outputs, and one where a job makes them all. */
function noDoubleJob({ jobs }: FalEmulator, call: Call, calls: readonly Call[]): void {
  if (call.mark === null) {
    const silent = calls.filter(({ mark }) => mark === null).length
    const theirs = jobs.filter(({ input }) => markOf(input) === null).length
    ok(theirs <= silent, `${theirs} jobs for ${silent} calls`)
    return
  }
  const own = jobs.filter(({ input }) => markOf(input) === call.mark)
  const several = own.some(({ input }) => 'num_images' in (input as object))
  const most = several ? 1 : call.count
  ok(own.length <= most, `${own.length} jobs for a call of ${call.count}`)
}

function markOf(input: unknown): string | null {
  const { prompt, text } = (input ?? {}) as { prompt?: string; text?: string }
  return prompt ?? text ?? null
}

/** An hour later whatever was unknown has expired, and no charge was added. */
async function nothingHeldLater(live: LiveApp, charged: number): Promise<void> {
  await using later = await liveApp({
    fal: live.fal,
    home: live.home,
    deadlines: DEADLINES,
    now: () => Date.now() + LATER_MS,
  })
  await later.app.generations.recover()
  await later.app.drain(20_000)
  const { held, spent, holds, difference } = await later.books()
  deepStrictEqual([held, spent, difference], [0, charged, null])
  ok(!holds.includes('held'))
}

/** Draws whole numbers below `sides`; the same name draws the same ones. */
type Dice = (sides: number) => number

function dice(name: string): Dice {
  let drawn = 0
  return (sides) => {
    drawn += 1
    const digest = createHash('sha256').update(`${name} ${drawn}`).digest()
    return digest.readUInt32BE(0) % sides
  }
}
