import * as z from 'zod'
import { money } from '../money.ts'
import { MoneyShape } from '../usage/shapes.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'

/** A purchase in the results of buyCredits and the REST API. */
export const PurchaseShape = z.object({
  checkout: z.object({
    id: z.string(),
    url: z.string().nullable(),
    status: z.string(),
    expiresAt: z.string().nullable(),
  }),
  amount: MoneyShape,
  bonus: MoneyShape,
  credits: MoneyShape,
})

/** Converts a purchase to its public shape. The page URL is present only while it can be paid. */
export function showPurchase(purchase: PurchaseTable): z.infer<typeof PurchaseShape> {
  const { checkout_id, url, status, expires_at, credits, bonus } = purchase
  const isOpen = status === 'pending'
  return {
    checkout: {
      id: checkout_id ?? '',
      url: isOpen ? url : null,
      status,
      expiresAt: isOpen ? new Date(expires_at).toISOString() : null,
    },
    amount: money(credits - bonus),
    bonus: money(bonus),
    credits: money(credits),
  }
}
