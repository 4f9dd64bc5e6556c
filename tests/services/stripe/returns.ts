import {
  newStripeId,
  note,
  seconds,
  type Books,
  type Charge,
  type Dispute,
  type Refund,
  type StripeEvent,
} from './books.ts'
import { blank } from './contract.ts'
import { StripeRefusal } from './reply.ts'

export type Given<T> = { object: T; events: StripeEvent[] }

/** The seller gives money back. */
export function refund(
  books: Books,
  paymentIntent: string,
  cents: number,
  status = 'succeeded',
): Given<Refund> {
  const charge = chargeOf(books, paymentIntent)
  if (cents > charge.amount - charge.amount_refunded)
    throw new StripeRefusal(400, 'Refund amount is greater than unrefunded amount on charge')
  const object = {
    ...blank('Refunds.Refund'),
    id: newStripeId('re'),
    amount: cents,
    currency: 'usd',
    charge: charge.id,
    payment_intent: paymentIntent,
    created: seconds(books),
    status,
  } as unknown as Refund
  books.refunds.set(object.id, object)
  charge.amount_refunded += cents
  return {
    object,
    events: [note(books, 'refund.created', object), note(books, 'charge.refunded', charge)],
  }
}

/** A refund does not arrive, or is called off. */
export function endRefund(books: Books, id: string, as: 'failed' | 'canceled'): StripeEvent[] {
  const object = books.refunds.get(id)
  if (object === undefined) throw new Error(`there is no refund ${id}`)
  object.status = as
  chargeOf(books, object.payment_intent).amount_refunded -= object.amount
  return [note(books, as === 'failed' ? 'refund.failed' : 'refund.updated', object)]
}

/** The bank of the buyer takes money back. An inquiry takes none yet. */
export function dispute(
  books: Books,
  paymentIntent: string,
  cents: number,
  status = 'needs_response',
): Given<Dispute> {
  const charge = chargeOf(books, paymentIntent)
  const object = {
    ...blank('Disputes.Dispute'),
    id: newStripeId('dp'),
    amount: cents,
    currency: 'usd',
    charge: charge.id,
    payment_intent: paymentIntent,
    created: seconds(books),
    livemode: books.livemode,
    status,
  } as unknown as Dispute
  books.disputes.set(object.id, object)
  return { object, events: [note(books, 'charge.dispute.created', object)] }
}

export function endDispute(books: Books, id: string, status: string): StripeEvent[] {
  const object = books.disputes.get(id)
  if (object === undefined) throw new Error(`there is no dispute ${id}`)
  object.status = status
  return [note(books, 'charge.dispute.closed', object)]
}

/** The part of a payment that the seller has, in cents. Said here again, and not taken from the code under test. */
export function kept(books: Books, paymentIntent: string): number {
  const { amount } = chargeOf(books, paymentIntent)
  const of = (parts: Iterable<Refund>, gone: (status: string) => boolean): number =>
    [...parts]
      .filter((part) => part.payment_intent === paymentIntent && gone(part.status))
      .reduce((sum, part) => sum + part.amount, 0)
  const back = of(books.refunds.values(), (status) => !['failed', 'canceled'].includes(status))
  const held = of(
    books.disputes.values(),
    (status) => !['won', 'prevented'].includes(status) && !status.startsWith('warning_'),
  )
  return Math.max(0, amount - back - held)
}

function chargeOf({ charges }: Books, paymentIntent: string): Charge {
  const charge = [...charges.values()].find((each) => each.payment_intent === paymentIntent)
  if (charge === undefined) throw new Error(`there is no charge of ${paymentIntent}`)
  return charge
}
