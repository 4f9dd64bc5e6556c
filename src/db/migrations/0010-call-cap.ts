import type { Dialect } from '../dialect.ts'

/** The largest price of a single call that a key may pay. */
export function callCap({ integer }: Dialect): string[] {
  return [`alter table api_key add column call_cap ${integer} check (call_cap >= 0)`]
}
