import { measured } from './measured.ts'

/** One way of doing the same work. `run` works for about that long and answers how much it got done. */
export type Contender = {
  name: string
  run: (forMs: number) => Promise<number>
  /** What its rate is to be, as a multiple of the baseline's. */
  target?: number
}

type Comparison = {
  title: string
  /** What is counted, in the plural. */
  unit: string
  baseline: Contender
  contenders: Contender[]
  rounds?: number
  roundMs?: number
}

/**
 * Runs all in turn, round by round, so that what else the machine does falls on each alike, and prints
 * the medians, and each as a multiple of the baseline's.
 */
export async function compare(comparison: Comparison): Promise<void> {
  const { title, unit, baseline, contenders, rounds = 7, roundMs = 400 } = comparison
  const all = [baseline, ...contenders]
  const rates = new Map<Contender, number[]>(all.map((contender) => [contender, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const contender of round % 2 === 0 ? all : all.toReversed()) {
      const begun = performance.now()
      const done = await contender.run(roundMs)
      const rate = (done / (performance.now() - begun)) * 1000
      if (round > 0) rates.get(contender)?.push(rate) // the first round is to warm up
    }
  }
  const base = median(rates.get(baseline) ?? [])
  print(`\n${title} (${unit} a second, median of ${rounds} interleaved rounds)\n`)
  for (const contender of all) {
    const each = rates.get(contender) ?? []
    const { name, target } = contender
    const range = `${Math.min(...each).toFixed(0)}–${Math.max(...each).toFixed(0)}`
    print(`  ${name.padEnd(44)}${median(each).toFixed(0).padStart(8)}  [${range}]\n`)
    if (contender === baseline) continue
    const goal = target === undefined ? null : { atLeast: target }
    const value = median(each) / base
    measured({ name: `${title}: ${name}`, baseline: baseline.name, value, unit: 'x', goal })
  }
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

export function print(text: string): void {
  process.stdout.write(text)
}
