import type { Caller } from '../../accounts/caller.ts'
import type { App } from '../../app.ts'
import { listPurchases } from '../../billing/queries.ts'
import { AppError } from '../../errors.ts'
import { centsOfText } from '../../pricing/purchases.ts'
import type { Purchases } from '../views/purchases.ts'

/** Number of purchases that the page lists. */
const PURCHASES_MAX = 10

/** Returns the latest purchases, and whether this caller may buy. Returns null without a payment service. */
export async function purchasesOf({ billing, db }: App, caller: Caller): Promise<Purchases> {
  if (!billing.configured()) return null
  const rows = await db.read(() => listPurchases(caller.account.id, { limit: PURCHASES_MAX }))
  return {
    mayBuy: caller.scopes.includes('credits:buy'),
    latest: rows.map(({ created_at, credits, bonus, status }) => ({
      at: created_at,
      amount: credits - bonus,
      credits,
      status,
    })),
  }
}

/** Starts a purchase of an amount in US dollars. Returns the URL of the payment page. Throws the errors of `buyCredits`. */
export async function startPurchase(app: App, { account }: Caller, usd: string): Promise<string> {
  const cents = centsOfText(usd)
  const { url } = await app.billing.open({ accountId: account.id, cents })
  if (url !== null) return url
  throw new AppError(
    'upstream_unavailable',
    'The payment service gave no page for this purchase.',
    { hint: 'Try again in a moment.' },
  )
}
