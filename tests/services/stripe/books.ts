import { blank } from './contract.ts'

type Metadata = Record<string, string>
export type Session = Record<string, unknown> & {
  id: string
  url: string | null
  status: string
  payment_status: string
  payment_intent: string | null
  amount_total: number
  currency: string
  livemode: boolean
  client_reference_id: string | null
  expires_at: number
  metadata: Metadata
}
type Intent = Record<string, unknown> & { id: string; status: string; latest_charge: string }
export type Charge = Record<string, unknown> & {
  id: string
  payment_intent: string
  amount: number
  amount_refunded: number
}
export type Refund = Record<string, unknown> & {
  id: string
  payment_intent: string
  amount: number
  status: string
}
export type Dispute = Refund
export type StripeEvent = Record<string, unknown> & { id: string; type: string; created: number }

/** Everything that this Stripe knows. */
export type Books = {
  livemode: boolean
  now: () => number
  sessions: Map<string, Session>
  intents: Map<string, Intent>
  charges: Map<string, Charge>
  refunds: Map<string, Refund>
  disputes: Map<string, Dispute>
  /** Oldest first. */
  events: StripeEvent[]
}

export function emptyBooks(now: () => number, livemode: boolean): Books {
  return {
    livemode,
    now,
    sessions: new Map(),
    intents: new Map(),
    charges: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    events: [],
  }
}

let last = 0

/** A new id of Stripe's form; unique in this process. */
export function newStripeId(prefix: string): string {
  return `${prefix}_${(last += 1).toString(36).padStart(10, '0')}${Math.random().toString(36).slice(2, 10)}`
}

/** Seconds, as Stripe counts. */
export function seconds({ now }: Books): number {
  return Math.floor(now() / 1_000)
}

/** Notes an event about an object as it is now. */
export function note(books: Books, type: string, object: object): StripeEvent {
  const event = {
    ...blank('Events.EventBase'),
    id: newStripeId('evt'),
    type,
    created: seconds(books),
    livemode: books.livemode,
    data: { object: structuredClone(object) },
  } as unknown as StripeEvent
  books.events.push(event)
  return event
}
