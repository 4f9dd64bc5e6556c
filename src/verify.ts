import { BILLING_INVARIANTS } from './billing/invariants.ts'
import type { Unit } from './db/db.ts'
import { GENERATION_INVARIANTS } from './generations/invariants.ts'
import { findBroken, LEDGER_INVARIANTS, type Difference, type Invariants } from './ledger/verify.ts'

/** Everything that must hold at every commit, of every room. */
export const INVARIANTS: Invariants = {
  ...LEDGER_INVARIANTS,
  ...GENERATION_INVARIANTS,
  ...BILLING_INVARIANTS,
}

/** Recomputes everything the ledger keeps from what was written down. Returns the first difference; null where all agrees. */
export function* findDifference(): Unit<Difference | null> {
  return yield* findBroken(INVARIANTS)
}
