/** Only the first three are before any payment. What Stripe gives back takes a completed one to the others. */
export type PurchaseStatus =
  | 'pending'
  | 'failed'
  | 'expired'
  | 'completed'
  | 'partially_refunded'
  | 'refunded'
  | 'disputed'

/** A purchase of credits: written before Stripe hears of it, and what a payment is held against. */
export type PurchaseTable = {
  id: string
  account_id: string
  /** The Idempotency-Key that it was asked for with, if any. */
  request_key: string | null
  status: PurchaseStatus
  /** US cents to be paid. */
  cents: number
  /** Micro-dollars of credits, the bonus included. */
  credits: number
  bonus: number
  /** Micro-dollars of those credits that were taken back. */
  clawed_back: number
  /** Grows with each comparison with Stripe, so that an old reading cannot undo a newer one. */
  version: number
  /** Why it was put aside although it was paid; for the operator. */
  problem: string | null
  /** Where the payment page sends people back to. With the rest of the row it makes a repeated request the same. */
  return_url: string
  checkout_id: string | null
  url: string | null
  payment_intent: string | null
  receipt_url: string | null
  created_at: number
  expires_at: number
  completed_at: number | null
  /** When the payment service is to be asked next, while it is pending. */
  poll_at: number
  /** When refunds and disputes were last compared. */
  synced_at: number
}

/** A session of the test checkout, which stands in for Stripe's where no key is set. */
export type TestCheckoutTable = {
  id: string
  /** In the address of its page: whoever has it may pay. */
  token: string
  purchase_id: string
  account_id: string
  install: string
  cents: number
  status: 'open' | 'paid' | 'expired'
  /** Its page, shown by the process that was last asked for it. */
  url: string
  expires_at: number
}

/** How far Stripe's events were read; one row a service. */
type EventCursorTable = { service: string; read_to: number; read_at: number }

/** An event that could not be dealt with, put aside so that those after it are. */
export type DeadLetterEventTable = {
  id: string
  /** The session or the payment that it is about: one of them is set. */
  checkout_id: string | null
  payment_intent: string | null
  tries: number
  next_at: number
}

export type BillingTables = {
  purchase: PurchaseTable
  test_checkout: TestCheckoutTable
  event_cursor: EventCursorTable
  dead_letter_event: DeadLetterEventTable
}
