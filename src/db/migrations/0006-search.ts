import type { Dialect } from '../dialect.ts'

/** Earlier results are found by what was asked for: those of before, too. */
export function search({ search: { table, fill } }: Dialect): string[] {
  return [...table, fill]
}
