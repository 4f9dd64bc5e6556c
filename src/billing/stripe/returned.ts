import type { Stripe } from 'stripe'
import type { Returned } from '../service.ts'

/** A refund in one of these states has taken the money, or will. */
const TAKEN: readonly (string | null)[] = ['succeeded', 'pending', 'requires_action']
/** A dispute in one of these holds it. An inquiry (`warning_…`) moves none. */
const HELD: readonly string[] = [
  'needs_response',
  'under_review',
  'lost',
  'appeal_needs_response',
  'appeal_under_review',
]

/** The money of one payment that went back or is held, in cents. */
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
