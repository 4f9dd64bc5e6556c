import type { Dialect } from '../dialect.ts'

/** Full-text search of results by their prompts, existing results included. */
export function search({ search: { table, fill } }: Dialect): string[] {
  return [...table, fill]
}
