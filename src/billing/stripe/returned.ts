import type { Stripe } from 'stripe'
import type { Returned } from '../service.ts'

/** States of a refund that has taken the money, or will take it. */
const TAKEN: readonly (string | null)[] = ['succeeded', 'pending', 'requires_action']
/** States of a dispute that holds the money. An inquiry (`warning_…`) moves no money. */
const HELD: readonly string[] = [
  'needs_response',
  'under_review',
  'lost',
  'appeal_needs_response',
  'appeal_under_review',
]

/** Returns the refunded and the disputed money of one payment, in US cents. */
export function sumReturned(
  refunds: readonly Stripe.Refund[],
  disputes: readonly Stripe.Dispute[],
): Returned {
  return {
    refunded: sum(refunds.filter(({ status }) => TAKEN.includes(status))),
    disputed: sum(disputes.filter(({ status }) => HELD.includes(status))),
  }
}

function sum(parts: readonly { amount: number }[]): number {
  return parts.reduce((total, { amount }) => total + amount, 0)
}
