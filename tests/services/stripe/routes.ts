import type { Books } from './books.ts'
import type { Found } from './contract.ts'
import { StripeRefusal } from './reply.ts'
import { createSession, expire, sessionOf } from './sessions.ts'

type Query = {
  payment_intent?: string
  created?: { gte?: number }
  types?: string[]
  limit?: number
  starting_after?: string
  expand?: string[]
}

/** What Stripe answers to a request that fits its schema. */
export function answerOf(
  books: Books,
  { path, id }: Found,
  method: string,
  params: object,
): object {
  const query = params as Query
  if (path === '/v1/checkout/sessions/{id}/expire') return expireOpen(books, id)
  if (method === 'POST') return createSession(books, params)
  if (path === '/v1/checkout/sessions/{id}') return expandedSession(books, id, query)
  if (path === '/v1/refunds') return ofPayment(books, [...books.refunds.values()], query, path)
  if (path === '/v1/disputes') return ofPayment(books, [...books.disputes.values()], query, path)
  const events = books.events.toReversed().filter(({ type, created }) => {
    return (query.types?.includes(type) ?? true) && created >= (query.created?.gte ?? 0)
  })
  return page(events, query, path)
}

/** Only an open session can be expired. */
function expireOpen(books: Books, id: string): object {
  const { status } = sessionOf(books, id)
  if (status !== 'open')
    throw new StripeRefusal(
      400,
      `Only Checkout Sessions with a status of open can be expired: ${status}`,
    )
  expire(books, id)
  return sessionOf(books, id)
}

function ofPayment(
  books: Books,
  all: { id: string; payment_intent: string }[],
  query: Query,
  path: string,
): object {
  const { payment_intent: intent } = query
  if (intent !== undefined && !books.intents.has(intent))
    throw new StripeRefusal(400, `No such payment_intent: '${intent}'`, {
      code: 'resource_missing',
      param: 'payment_intent',
    })
  return page(
    all.toReversed().filter((each) => intent === undefined || each.payment_intent === intent),
    query,
    path,
  )
}

/** One page of a listing, newest first. */
function page(all: { id: string }[], { limit = 10, starting_after }: Query, url: string): object {
  const from = all.findIndex(({ id }) => id === starting_after) + 1
  const data = all.slice(from, from + limit)
  return { object: 'list', data, has_more: from + limit < all.length, url }
}

function expandedSession(books: Books, id: string, { expand = [] }: Query): object {
  const session = { ...sessionOf(books, id) }
  const intent = books.intents.get(session.payment_intent ?? '')
  if (intent === undefined || !expand.some((name) => name.startsWith('payment_intent')))
    return session
  const charge = books.charges.get(intent.latest_charge)
  const withCharge = expand.includes('payment_intent.latest_charge')
  return {
    ...session,
    payment_intent: { ...intent, ...(withCharge && { latest_charge: charge }) },
  }
}
