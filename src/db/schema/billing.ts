/**
 * The first three are before a payment. A refund or dispute at Stripe moves a completed purchase to one of the last
 * three.
 */
export type PurchaseStatus =
  | 'pending'
  | 'failed'
  | 'expired'
  | 'completed'
  | 'partially_refunded'
  | 'refunded'
  | 'disputed'

/**
 * A purchase of credits. It is written before Stripe is called, and a payment must match it. Times are milliseconds
 * since 1970.
 */
export type PurchaseTable = {
  id: string
  account_id: string
  /** The Idempotency-Key of the request, if any. */
  request_key: string | null
  status: PurchaseStatus
  /** The price in US cents. */
  cents: number
  /** Micro-dollars of credits, the bonus included. */
  credits: number
  /** The bonus alone, in micro-dollars. */
  bonus: number
  /** Micro-dollars of those credits that were taken back. */
  clawed_back: number
  /** Grows with each comparison with Stripe, so that old data cannot overwrite newer data. */
  version: number
  /** Why a payment gave no credits, for the operator; null if there is no problem. */
  problem: string | null
  /** Where the payment page sends people back to. Stored, so that a repeated request to Stripe has the same content. */
  return_url: string
  checkout_id: string | null
  url: string | null
  payment_intent: string | null
  receipt_url: string | null
  created_at: number
  expires_at: number
  completed_at: number | null
  /** When to ask the payment service next, while it is pending. */
  poll_at: number
  /** When refunds and disputes were last compared. */
  synced_at: number
}

/** A session of the test checkout, which replaces Stripe's if no key is set. */
export type TestCheckoutTable = {
  id: string
  /** Secret in the address of its page: anyone who has it may pay. */
  token: string
  purchase_id: string
  account_id: string
  /** The id of the ledger, see `installId`. */
  install: string
  /** The price in US cents. */
  cents: number
  status: 'open' | 'paid' | 'expired'
  /** The address of its page. The process that opened it last serves it. */
  url: string
  /** Milliseconds since 1970. */
  expires_at: number
}

/** How far the events of a payment service were read; times are milliseconds since 1970. */
type EventCursorTable = { service: string; read_to: number; read_at: number }

/** Tries of an event that cannot be processed, before it is left to the operator. */
export const RETRIES_MAX = 20

/** An event that could not be processed. It is stored and retried, so that later events are not blocked. */
export type DeadLetterEventTable = {
  id: string
  /** The checkout session or the payment of the event: one of them is set. */
  checkout_id: string | null
  payment_intent: string | null
  tries: number
  /** When to try again, in milliseconds since 1970. */
  next_at: number
}

export type BillingTables = {
  purchase: PurchaseTable
  test_checkout: TestCheckoutTable
  event_cursor: EventCursorTable
  dead_letter_event: DeadLetterEventTable
}
