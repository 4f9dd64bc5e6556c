import { appendFileSync } from 'node:fs'

/** Where the lines of a whole run go, set by `bench/run.ts`. */
const FILE = process.env['BENCH_LINES']

/**
 * What a bench measured: a ratio to the baseline of the same run, or another unit where that says more. Times of one
 * machine say nothing on another.
 */
export type Measured = {
  /** What was measured: unique in all benches. */
  name: string
  baseline: string
  value: number
  unit: 'x' | 'ms' | 'dB'
  /** Null if there is none: the line is only shown. */
  goal: { atLeast: number } | { atMost: number } | null
}

/** Prints a line and keeps it for the table of the run. Misses of goals become the exit code. */
export function measured(line: Measured): void {
  process.stdout.write(`  ${shown(line).join('  ')}\n`)
  if (FILE !== undefined) appendFileSync(FILE, `${JSON.stringify(line)}\n`)
  if (verdictOf(line) === 'MISSED') process.exitCode = 1
}

/** Returns the cells of a line: name, baseline, value, goal, verdict. */
export function shown(line: Measured): string[] {
  const { name, baseline, value, unit, goal } = line
  const wanted = goal === null ? '' : 'atLeast' in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`
  return [name, baseline, `${value.toFixed(2)} ${unit}`, wanted, verdictOf(line)]
}

function verdictOf({ value, goal }: Measured): string {
  if (goal === null) return ''
  const isMet = 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
  return isMet ? 'met' : 'MISSED'
}

/** By how much a line is worse than before, as a share; 0 or less if it is not. */
export function lossOf({ value, goal }: Measured, before: Measured): number {
  const moreIsBetter = goal !== null && 'atLeast' in goal
  return moreIsBetter ? before.value / value - 1 : value / before.value - 1
}
