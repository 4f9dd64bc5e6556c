import { BILLING_INVARIANTS } from './billing/invariants.ts'
import type { TransactionBody } from './db/db.ts'
import { GENERATION_INVARIANTS } from './generations/invariants.ts'
import { findBroken, LEDGER_INVARIANTS, type Difference, type Invariants } from './ledger/verify.ts'

/** Everything that must hold at every commit, for all modules. */
export const INVARIANTS: Invariants = {
  ...LEDGER_INVARIANTS,
  ...GENERATION_INVARIANTS,
  ...BILLING_INVARIANTS,
}

/** Recomputes all stored totals and states from their records. Returns the first difference, or null if there is none. */
export function* findDifference(): TransactionBody<Difference | null> {
  return yield* findBroken(INVARIANTS)
}
