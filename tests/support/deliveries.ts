import { openAccount } from '../../src/ledger/ledger.ts'
import { openShop, type Shop } from './shop.ts'
import type { StripeEvent } from '../services/stripe/emulator.ts'
import type { Settings } from './app.ts'

/** Purchases that an account may have open at once. */
const OPEN_MAX = 3
/** Deliveries on their way at the same time. */
const TOGETHER = 40
const AMOUNTS = [500, 1_999, 4_999, 5_000, 5_005, 10_000, 99_999, 1_000_000]

export type Storm = { purchases: number; deliveries: number; seed: number; env?: Settings }

export type Calm = {
  /** Credits by account, in micro-dollars, as the ledger has them and as Stripe's books want them. */
  credits: Record<string, number>
  wanted: Record<string, number>
  delivered: number
  /** Answers that were neither done nor a wish for another delivery. */
  refused: number[]
}

/**
 * Plays a long time at a shop: people pay, fail to pay and let pages expire; money goes back and comes
 * again. Its events are delivered in random order, many times and many at once, while the timer and
 * polls do their part. In the end each event was delivered at least once.
 */
export async function weather({ purchases, deliveries, seed, env = {} }: Storm): Promise<Calm> {
  const random = generator(seed)
  await using shop = await openShop({ env })
  const bills = await openBills(shop, purchases, random)
  const waiting: StripeEvent[] = []
  const delivered = new Set<string>()
  const refused: number[] = []
  const answers = { count: 0 }

  const send = async (events: StripeEvent[]): Promise<void> => {
    const statuses = await Promise.all(events.map((event) => shop.deliver([event])))
    for (const [place, [status = 0]] of statuses.entries()) {
      answers.count += 1
      if (status === 200) delivered.add(events[place]?.id ?? '')
      else refused.push(status)
    }
  }

  while (answers.count < deliveries) {
    for (let times = 0; times < 4; times += 1) {
      const bill = bills[random(bills.length)]
      if (bill !== undefined) waiting.push(...happen(shop, bill, random))
    }
    if (waiting.length === 0) continue
    const some = Array.from({ length: TOGETHER }, () => waiting[random(waiting.length)])
    const polled = bills[random(bills.length)]
    await Promise.all([
      send(some.filter((event) => event !== undefined)),
      polled === undefined
        ? null
        : shop.app.billing.getPurchase(polled.accountId, polled.checkoutId),
      random(10) === 0 ? shop.app.billing.work() : null,
    ])
  }
  for (let left = missing(); left.length > 0; left = missing()) await send(left)
  const accounts = [...new Set(bills.map(({ accountId }) => accountId))]
  return {
    credits: Object.fromEntries(
      await Promise.all(accounts.map(async (id) => [id, await shop.credits(id)] as const)),
    ),
    wanted: Object.fromEntries(
      accounts.map((id) => [
        id,
        bills
          .filter((bill) => bill.accountId === id)
          .reduce((sum, bill) => sum + worth(shop, bill), 0),
      ]),
    ),
    delivered: answers.count,
    refused,
  }

  function missing(): StripeEvent[] {
    return waiting.filter(({ id }) => !delivered.has(id)).slice(0, TOGETHER)
  }
}

type Bill = { accountId: string; checkoutId: string; cents: number; open: string[]; held: string[] }
type Random = (below: number) => number

async function openBills(shop: Shop, count: number, random: Random): Promise<Bill[]> {
  const bills: Bill[] = []
  for (let number = 0; number < count; number += 1) {
    const accountId = `acct_${Math.floor(number / OPEN_MAX)}`
    if (number % OPEN_MAX === 0)
      await shop.app.db.write(() => openAccount(accountId, accountId, Date.now()))
    const cents = AMOUNTS[random(AMOUNTS.length)] ?? 500
    const wanted = { accountId, cents, requestKey: `bill ${number}` }
    const { checkout_id } = await shop.app.billing.open(wanted)
    bills.push({ accountId, checkoutId: checkout_id ?? '', cents, open: [], held: [] })
  }
  return bills
}

/** The next thing that happens to a purchase, at random. */
function happen({ stripe }: Shop, bill: Bill, random: Random): StripeEvent[] {
  const session = stripe.books.sessions.get(bill.checkoutId)
  if (session === undefined) return []
  if (session.status === 'open') {
    const [chance, id] = [random(10), session.id]
    return chance === 0 ? stripe.expire(id) : stripe.pay(id, { later: chance < 4 })
  }
  const payment = session.payment_intent
  if (payment === null) return []
  if (session.payment_status !== 'paid') return stripe.endLater(session.id, random(4) > 0)
  const left = stripe.kept(payment)
  const part = 1 + random(Math.max(1, left))
  const [refunded, disputed] = [bill.open.pop(), bill.held.pop()]
  if (refunded !== undefined && random(2) === 0)
    return stripe.endRefund(refunded, random(2) === 0 ? 'failed' : 'canceled')
  if (disputed !== undefined && random(2) === 0)
    return stripe.endDispute(disputed, random(2) === 0 ? 'won' : 'lost')
  if (left === 0) return []
  const chance = random(6)
  if (chance > 2) return []
  const given =
    chance === 0 ? stripe.dispute(payment, part) : stripe.refund(payment, part, PENDING[random(2)])
  ;(chance === 0 ? bill.held : bill.open).push(given.object.id)
  return given.events
}

const PENDING = ['pending', 'succeeded']

/** What a purchase is worth by Stripe's books, in micro-dollars: said here once more, in its own words. */
function worth({ stripe }: Shop, { checkoutId, cents }: Bill): number {
  const session = stripe.books.sessions.get(checkoutId)
  if (session?.payment_status !== 'paid' || session.payment_intent === null) return 0
  const credits = cents * (cents >= 5_000 ? 11_000 : 10_000)
  const back = cents - stripe.kept(session.payment_intent)
  return credits - Number((BigInt(credits) * BigInt(back) + BigInt(cents - 1)) / BigInt(cents))
}

/** A small generator (mulberry32): the same seed plays the same weather. */
function generator(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
