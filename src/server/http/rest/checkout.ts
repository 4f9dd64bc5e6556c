import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import * as z from 'zod'
import { listPurchases } from '../../../billing/queries.ts'
import type { PurchaseStatus, PurchaseTable } from '../../../db/schema/billing.ts'
import { PurchaseShape, showPurchase } from '../../../billing/shapes.ts'
import { MICRO_PER_CENT, usdNumber } from '../../../money.ts'
import { centsOf } from '../../../pricing/purchases.ts'
import { callerOf } from '../context/caller.ts'
import type { HttpEnv } from '../context/env.ts'
import { jsonBody, jsonResponses, needs, RequestKey } from './route.ts'
import { wholeNumber } from './shapes.ts'

const createCheckout = createRoute({
  method: 'post',
  path: '/v1/checkout',
  summary: 'Open a payment page; the same Idempotency-Key returns the same purchase',
  middleware: needs('credits:buy'),
  request: {
    headers: RequestKey,
    ...jsonBody(z.strictObject({ amount_usd: z.number() })),
  },
  responses: jsonResponses(PurchaseShape),
})

const readCheckout = createRoute({
  method: 'get',
  path: '/v1/checkout/{id}',
  summary: 'The status of a purchase',
  middleware: needs('credits:read'),
  request: { params: z.object({ id: z.string().max(220) }) },
  responses: jsonResponses(PurchaseShape),
})

const InvoiceShape = z.object({
  id: z.string(),
  amount: z.number(),
  currency: z.literal('usd'),
  status: z.enum(['paid', 'pending', 'failed']),
  pdf_url: z.string().nullable(),
  created_at: z.string(),
  date: z.string(),
})

const invoices = createRoute({
  method: 'get',
  path: '/billing/invoices',
  summary: 'Purchases and their receipts, newest first',
  middleware: needs('credits:read'),
  request: {
    query: z.strictObject({ limit: wholeNumber(1, 100), offset: wholeNumber(0, 1_000_000) }),
  },
  responses: jsonResponses(z.object({ success: z.literal(true), data: z.array(InvoiceShape) })),
})

/** Routes to buy credits. They find only purchases of the caller's account. */
export function checkoutRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(createCheckout, async (context) => {
    const { app } = context.var
    const caller = callerOf(context)
    await app.ready(caller)
    const purchase = await app.billing.open({
      accountId: caller.account.id,
      cents: centsOf(context.req.valid('json').amount_usd),
      requestKey: context.req.valid('header')['idempotency-key'],
    })
    return context.json(showPurchase(purchase), 200)
  })
  api.openapi(readCheckout, async (context) => {
    const { app, principal } = context.var
    const { id } = context.req.valid('param')
    return context.json(showPurchase(await app.billing.getPurchase(principal.account.id, id)), 200)
  })
  api.openapi(invoices, async (context) => {
    const { app, principal } = context.var
    const { limit = 20, offset = 0 } = context.req.valid('query')
    const { id } = principal.account
    await app.billing.refresh(id)
    const purchases = await app.db.read(() => listPurchases(id, { limit, offset }))
    return context.json({ success: true as const, data: purchases.map(invoice) }, 200)
  })
}

/** Converts a purchase to an invoice with VideoDB's field names. The amount is in US dollars. */
function invoice(purchase: PurchaseTable): z.infer<typeof InvoiceShape> {
  const { id, cents, status, receipt_url, created_at } = purchase
  const at = new Date(created_at).toISOString()
  return {
    id,
    amount: usdNumber(cents * MICRO_PER_CENT),
    currency: 'usd',
    status: STATUS[status],
    pdf_url: receipt_url,
    created_at: at,
    date: at.slice(0, 10),
  }
}

const STATUS: Readonly<Record<PurchaseStatus, 'paid' | 'pending' | 'failed'>> = {
  pending: 'pending',
  failed: 'failed',
  expired: 'failed',
  completed: 'paid',
  partially_refunded: 'paid',
  refunded: 'paid',
  disputed: 'paid',
}
