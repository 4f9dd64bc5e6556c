import { newStripeId, note, seconds, type Books, type Session, type StripeEvent } from './books.ts'
import { blank } from './contract.ts'
import { missing, StripeRefusal } from './reply.ts'

type Params = {
  mode?: string
  client_reference_id?: string
  line_items?: {
    quantity: number
    price_data: { currency: string; unit_amount: number; product_data: { name: string } }
  }[]
  metadata?: Record<string, string>
  payment_intent_data?: { metadata?: Record<string, string>; description?: string }
  success_url?: string
  cancel_url?: string
  expires_at?: number
}

const intentMetadata = new WeakMap<Session, Record<string, string>>()

/** Opens a session. The rules are Stripe's own, which its types do not tell. */
export function createSession(books: Books, params: Params): Session {
  const now = seconds(books)
  const { expires_at = now + 86_400, line_items: [item] = [] } = params
  if (params.mode !== 'payment') throw new StripeRefusal(400, 'mode must be payment here')
  if (item === undefined) throw new StripeRefusal(400, 'You must provide line_items')
  if (params.success_url === undefined) throw new StripeRefusal(400, 'You must provide success_url')
  for (const address of [params.success_url, params.cancel_url])
    if (address !== undefined && !/^https?:\/\//.test(address))
      throw new StripeRefusal(400, 'Not a valid URL', { code: 'url_invalid' })
  if (expires_at < now + 1_800 - 60 || expires_at > now + 86_400 + 60)
    throw new StripeRefusal(400, 'expires_at must be between 30 minutes and 24 hours from now')
  const { unit_amount: amount, currency } = item.price_data
  if (!Number.isInteger(amount)) throw new StripeRefusal(400, `Invalid integer: ${amount}`)
  if (amount * item.quantity < 50)
    throw new StripeRefusal(400, 'The amount is too small', { code: 'amount_too_small' })
  if ((params.client_reference_id ?? '').length > 200)
    throw new StripeRefusal(400, 'client_reference_id is too long')
  checkMetadata(params.metadata)
  checkMetadata(params.payment_intent_data?.metadata)
  const id = newStripeId(books.livemode ? 'cs_live' : 'cs_test').replace(/_(?=[^_]*$)/, '_a')
  const session = {
    ...blank('Checkout_Sessions.Session'),
    id,
    url: `https://checkout.stripe.com/c/pay/${id}#fidkdWxOYHwnPyd1blpxYHZxWjA0`,
    mode: 'payment',
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    amount_subtotal: amount * item.quantity,
    amount_total: amount * item.quantity,
    currency,
    livemode: books.livemode,
    created: now,
    expires_at,
    client_reference_id: params.client_reference_id ?? null,
    metadata: params.metadata ?? {},
    success_url: params.success_url,
  } as unknown as Session
  books.sessions.set(id, session)
  intentMetadata.set(session, params.payment_intent_data?.metadata ?? {})
  return session
}

export function sessionOf({ sessions }: Books, id: string): Session {
  const session = sessions.get(id)
  if (session === undefined) throw missing('checkout.session', id)
  return session
}

/** Somebody pays. `later`: by a way that takes its time, so that the session is complete and unpaid. */
export function pay(books: Books, id: string, later: boolean): StripeEvent[] {
  const session = sessionOf(books, id)
  if (session.status !== 'open') throw new Error(`session ${id} is ${session.status}`)
  const intent = newStripeId('pi')
  const charge = newStripeId('ch')
  const common = {
    amount: session.amount_total,
    currency: session.currency,
    livemode: books.livemode,
    created: seconds(books),
    metadata: intentMetadata.get(session) ?? {},
  }
  books.intents.set(intent, {
    ...blank('PaymentIntents.PaymentIntent'),
    ...common,
    id: intent,
    status: later ? 'processing' : 'succeeded',
    latest_charge: charge,
  })
  books.charges.set(charge, {
    ...blank('Charges.Charge'),
    ...common,
    id: charge,
    payment_intent: intent,
    amount_refunded: 0,
    status: later ? 'pending' : 'succeeded',
    receipt_url: `https://pay.stripe.com/receipts/${charge}`,
  })
  Object.assign(session, { status: 'complete', url: null, payment_intent: intent })
  if (!later) session.payment_status = 'paid'
  return [note(books, 'checkout.session.completed', session)]
}

/** The way that takes its time has ended. */
export function endLater(books: Books, id: string, paid: boolean): StripeEvent[] {
  const session = sessionOf(books, id)
  const intent = books.intents.get(session.payment_intent ?? '')
  if (intent === undefined) throw new Error(`session ${id} has no payment`)
  intent.status = paid ? 'succeeded' : 'requires_payment_method'
  if (paid) session.payment_status = 'paid'
  const ending = paid ? 'succeeded' : 'failed'
  return [note(books, `checkout.session.async_payment_${ending}`, session)]
}

export function expire(books: Books, id: string): StripeEvent[] {
  const session = sessionOf(books, id)
  if (session.status !== 'open') throw new Error(`session ${id} is ${session.status}`)
  Object.assign(session, { status: 'expired', url: null })
  return [note(books, 'checkout.session.expired', session)]
}

function checkMetadata(metadata: Record<string, string> = {}): void {
  const entries = Object.entries(metadata)
  const fits = entries.every(([key, value]) => key.length <= 40 && value.length <= 500)
  if (entries.length > 50 || !fits) throw new StripeRefusal(400, 'Metadata is too large')
}
