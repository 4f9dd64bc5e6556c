import type { Measured } from './measured.ts'

/** Returns one line for each thing that was measured: the median of its values, and all of them, in the order of the runs. */
export function medians(lines: readonly Measured[]): Measured[] {
  return [...Map.groupBy(lines, ({ name }) => name).values()].map((group) => {
    const runs = group.map(({ value }) => value)
    return { ...(group[0] as Measured), value: middle(runs), runs }
  })
}

/** The middle value; of an even number the mean of the two in the middle. */
function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = (sorted.length - 1) / 2
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half)] ?? Number.NaN)) / 2
}
