import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder that all runs of `bench/run.ts` share: for what they measure and for the ledgers that they fill. */
export const RUNS_FOLDER = process.env['BENCH_FOLDER']

/** The file in it that has a line for each thing measured. */
export const LINES = 'lines'

/**
 * What a bench measured: a ratio to the baseline of the same run, or another unit where that says more. Times of one
 * machine say nothing on another.
 */
export type Measured = {
  /** What was measured: unique in all benches. */
  name: string
  baseline: string
  value: number
  unit: 'x' | 'ms' | 'dB' | 'MB'
  /** Null if there is none: the line is only shown. */
  goal: { atLeast: number } | { atMost: number } | null
  /** The values of several runs, of which `value` is the median. */
  runs?: number[]
}

/** Prints a line. It is kept for the table of the runs, which judges their median; without one a missed goal is the exit code. */
export function measured(line: Measured): void {
  process.stdout.write(`  ${shown(line).join('  ')}\n`)
  if (RUNS_FOLDER !== undefined)
    appendFileSync(join(RUNS_FOLDER, LINES), `${JSON.stringify(line)}\n`)
  else if (isMissed(line)) process.exitCode = 1
}

/** Returns the cells of a line: name, baseline, value, the range of several runs, goal, verdict. */
export function shown(line: Measured): string[] {
  const { name, baseline, value, unit, goal, runs = [] } = line
  const range = [Math.min(...runs), Math.max(...runs)].map((each) => each.toFixed(2)).join('–')
  const wanted = goal === null ? '' : 'atLeast' in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`
  const verdict = goal === null ? '' : isMissed(line) ? 'MISSED' : 'met'
  return [
    name,
    baseline,
    `${value.toFixed(2)} ${unit}`,
    runs.length > 1 ? range : '',
    wanted,
    verdict,
  ]
}

/** Whether a line misses its goal. A value that is not a number does. */
export function isMissed({ value, goal }: Measured): boolean {
  if (goal === null) return false
  return !('atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost)
}

/** By how much a line is worse than before, as a share; 0 or less if it is not. */
export function lossOf({ value, goal }: Measured, before: Measured): number {
  const moreIsBetter = goal !== null && 'atLeast' in goal
  return moreIsBetter ? before.value / value - 1 : value / before.value - 1
}
