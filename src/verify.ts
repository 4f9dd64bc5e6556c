import { APPROVAL_INVARIANTS } from './approvals/invariants.ts'
import { BILLING_INVARIANTS } from './billing/invariants.ts'
import { findBroken, type Difference } from './db/invariants.ts'
import type { TransactionBody } from './db/db.ts'
import { findBrokenGenerations, GENERATION_INVARIANTS } from './generations/invariants.ts'
import { PROVEN } from './ledger/proof/broken.ts'
import { prove, proveOne, type Proof } from './ledger/proof/prove.ts'
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
  return yield* proveOthers(yield* prove(full))
}

/** Proves everything of one account, as `verifyLedger`. */
export function* verifyAccount(accountId: string): TransactionBody<Proof> {
  return yield* proveOthers(yield* proveOne(accountId), accountId)
}

/** Proves what is not computed from entries alone. */
function* proveOthers(proof: Proof, accountId?: string): TransactionBody<Proof> {
  if (proof.difference !== null) return proof
  // What takes as long as there are generations and days.
  const others = proof.whole
    ? ((yield* findBrokenGenerations(accountId)) ??
      (yield* findBroken(USAGE_INVARIANTS, accountId)))
    : null
  return { ...proof, difference: others ?? (yield* findBroken(OF_FEW_ROWS, accountId)) }
}

/** Proves everything. Returns the first difference, or null if there is none. */
export function* findDifference(): TransactionBody<Difference | null> {
  return (yield* verifyLedger(true)).difference
}
