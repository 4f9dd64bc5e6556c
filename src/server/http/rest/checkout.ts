import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { listPurchases } from '../../../billing/queries.ts'
import type { PurchaseStatus, PurchaseTable } from '../../../db/schema/billing.ts'
import { PurchaseShape, showPurchase } from '../../../billing/shapes.ts'
import { MICRO_PER_CENT, usdNumber } from '../../../money.ts'
import { centsOf } from '../../../pricing/purchases.ts'
import { callerOf } from '../context/caller.ts'
import type { HttpEnv } from '../context/env.ts'
import { answers, needs } from './route.ts'
import { wholeNumber } from './shapes.ts'

const begin = createRoute({
  method: 'post',
  path: '/v1/checkout',
  summary: 'Opens a payment page; the same Idempotency-Key answers the same purchase',
  middleware: needs('credits:buy'),
  request: {
    headers: z.object({ 'idempotency-key': z.string().min(1).max(128).optional() }),
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ amount_usd: z.number() }) } },
    },
  },
  responses: answers(PurchaseShape),
})

const look = createRoute({
  method: 'get',
  path: '/v1/checkout/{id}',
  summary: 'How a purchase stands',
  middleware: needs('credits:read'),
  request: { params: z.object({ id: z.string().max(220) }) },
  responses: answers(PurchaseShape),
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
  responses: answers(z.object({ success: z.literal(true), data: z.array(InvoiceShape) })),
})

/** Buying over HTTP. A purchase is found in its own account only. */
export function checkoutRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(begin, async (context) => {
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
  api.openapi(look, async (context) => {
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

/** A purchase in VideoDB's words. The amount is US dollars. */
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
