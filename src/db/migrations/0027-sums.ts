import type { Dialect } from '../dialect.ts'

/**
 * The ledger writes the sums by session and by month itself: once for all charges of a batch, and each in half the time
 * that a trigger takes.
 */
export function sums({ dropTrigger }: Dialect): string[] {
  return ['charge_in_sums', 'refund_in_sums'].flatMap((name) => dropTrigger({ on: 'entry', name }))
}
