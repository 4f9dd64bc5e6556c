import { APPROVAL_INVARIANTS } from './approvals/invariants.ts'
import { BILLING_INVARIANTS } from './billing/invariants.ts'
import { findBroken, type Difference } from './db/invariants.ts'
import type { TransactionBody } from './db/db.ts'
import { findBrokenGenerations, GENERATION_INVARIANTS } from './generations/invariants.ts'
import { PROVEN } from './ledger/proof/broken.ts'
import { prove, type Proof } from './ledger/proof/prove.ts'
import { OPERATOR_INVARIANTS } from './operator/invariants.ts'
import { USAGE_INVARIANTS } from './usage/invariants.ts'

/** Everything that must hold at every commit, for all modules. */
export const INVARIANTS: readonly string[] = [
  ...Object.values(PROVEN),
  ...GENERATION_INVARIANTS,
  ...Object.keys(BILLING_INVARIANTS),
  ...Object.keys(USAGE_INVARIANTS),
  ...Object.keys(OPERATOR_INVARIANTS),
  ...Object.keys(APPROVAL_INVARIANTS),
]

/** What takes as long as there are purchases, acts of the operator and approvals. */
const OF_FEW_ROWS = { ...BILLING_INVARIANTS, ...OPERATOR_INVARIANTS, ...APPROVAL_INVARIANTS }

/**
 * Proves the ledger: the entries since the last checkpoint with all balances, budgets, sums and purchases, or
 * everything if `full`. Reads one consistent state and stores nothing.
 */
export function* verifyLedger(full: boolean): TransactionBody<Proof> {
  const proof = yield* prove(full)
  if (proof.difference !== null) return proof
  const others = proof.whole ? yield* findBrokenElsewhere() : null
  return { ...proof, difference: others ?? (yield* findBroken(OF_FEW_ROWS)) }
}

/** What takes as long as there are generations and days. */
function* findBrokenElsewhere(): TransactionBody<Difference | null> {
  return (yield* findBrokenGenerations()) ?? (yield* findBroken(USAGE_INVARIANTS))
}

/** Proves everything. Returns the first difference, or null if there is none. */
export function* findDifference(): TransactionBody<Difference | null> {
  return (yield* verifyLedger(true)).difference
}
