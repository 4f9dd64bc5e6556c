import type { Caller } from '../../../accounts/caller.ts'
import type { App } from '../../../app.ts'
import { listPurchases } from '../../../billing/rows.ts'
import { AppError } from '../../../errors.ts'
import { centsOfText } from '../../../pricing/purchases.ts'
import type { Shop } from '../../page/purchases.ts'

/** Purchases that the page lists. */
const PURCHASES_MAX = 10

/** What can be bought, and what was. */
export async function shopOf({ billing, db }: App, { account, scopes }: Caller): Promise<Shop> {
  if (!billing.configured()) return { open: false }
  const purchases = await db.read(() => listPurchases(account.id, { limit: PURCHASES_MAX }))
  return {
    open: true,
    mayBuy: scopes.includes('credits:buy'),
    purchases: purchases.map(({ created_at, credits, bonus, status }) => ({
      at: created_at,
      amount: credits - bonus,
      credits,
      status,
    })),
  }
}

/** Starts a purchase of some US dollars. Answers where it is paid. Throws what `buyCredits` throws. */
export async function startPurchase(app: App, { account }: Caller, usd: string): Promise<string> {
  const cents = centsOfText(usd)
  const { url } = await app.billing.open({ accountId: account.id, cents })
  if (url !== null) return url
  throw new AppError(
    'upstream_unavailable',
    'The payment service gave no page for this purchase.',
    {
      hint: 'Try again in a moment.',
    },
  )
}
