import type { Row } from '../../db/db.ts'
import type { Difference } from '../../db/invariants.ts'

/** What the proof of the entries proves. docs/ledger.md explains each. */
export const PROVEN = {
  I1: 'I1 available + held + spent = granted + purchased - clawed back + debt',
  I2: 'I2 nothing is negative, and a debt leaves nothing available',
  I3: 'I3 what an account holds is the sum of its open holds',
  I4: 'I4 what an account spent is what was captured less what was refunded',
  I5: 'I5 every capture entry has its captured hold',
  I6: 'I6 every captured hold has its entry',
  I7: 'I7 entries are numbered from 1 without a gap',
  I8: 'I8 no entry is dated more than five minutes before an earlier one, unless a clock was accepted',
  I9: 'I9 every budget counts its holds, within its cap',
  I10: 'I10 the daily roll-up is the sum of the entries, by day, key, model, operation and billing',
  I11: 'I11 what was granted is the sum of the grants and of the credits',
  I12: 'I12 what was purchased is the sum of the top-ups, and what was clawed back of what was taken back and corrected',
  I13: 'I13 replaying the entries alone gives the balance, after each of them',
  I14: 'I14 the latest entry carries the balance of its account',
  I21: 'I21 what was proven before is unchanged',
} as const

/** Ends a proof. */
export class Broken extends Error {
  readonly difference: Difference

  constructor(difference: Difference) {
    super(difference.invariant)
    this.difference = difference
  }
}

/** Throws `Broken`, which `prove` turns into its result. */
export function broken(invariant: keyof typeof PROVEN, row: Row): never {
  throw new Broken({ invariant: PROVEN[invariant], row })
}
