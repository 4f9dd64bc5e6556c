import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import * as z from 'zod'
import type { AuditTable } from '../../../db/schema/operator.ts'
import { money } from '../../../money.ts'
import { listActs } from '../../../operator/audit.ts'
import { creditAccount, refundGeneration, type Done } from '../../../operator/money.ts'
import { MARGIN_KEYS, marginReport, type MarginSum } from '../../../usage/margin.ts'
import { moneyOrNull } from '../../../usage/shapes.ts'
import type { HttpEnv } from '../context/env.ts'
import { errors, Id, jsonBody, jsonResponses, RequestKey } from '../rest/route.ts'
import { MoneyShape, RangeQuery, rangeOf, wholeNumber } from '../rest/shapes.ts'
import { ADMIN, adminNeeds, microOf, moneyActOf, Usd } from './admin.ts'

const ActShape = z
  .object({
    id: z.string(),
    at: z.string(),
    by: z.string(),
    action: z.string(),
    account: z.string().nullable(),
    subject: z.string().nullable(),
    amount: MoneyShape.nullable(),
    reason: z.string().nullable(),
    details: z.string().nullable(),
    entry_id: z.string().nullable(),
  })
  .openapi('AdminAct')
const DoneShape = ActShape.extend({ replayed: z.boolean() }).openapi('AdminMoneyAct')

const credit = createRoute({
  method: 'post',
  path: '/admin/v1/accounts/{id}/credits',
  summary: 'Give credits to an account, or take available ones with an amount below zero',
  security: ADMIN,
  middleware: adminNeeds('money'),
  request: {
    params: Id,
    headers: RequestKey,
    ...jsonBody(z.strictObject({ amount_usd: Usd, reason: z.string() })),
  },
  responses: { ...jsonResponses(DoneShape), ...errors(402, 409) },
})
const refund = createRoute({
  method: 'post',
  path: '/admin/v1/accounts/{id}/refunds',
  summary: 'Give back what a generation was charged, once',
  security: ADMIN,
  middleware: adminNeeds('money'),
  request: {
    params: Id,
    headers: RequestKey,
    ...jsonBody(z.strictObject({ generation_id: z.string().max(100), reason: z.string() })),
  },
  responses: {
    ...jsonResponses(DoneShape.partial().extend({ replayed: z.boolean() })),
    ...errors(409),
  },
})
const audit = createRoute({
  method: 'get',
  path: '/admin/v1/audit',
  summary: 'What operators did, newest first',
  security: ADMIN,
  middleware: adminNeeds('read'),
  request: {
    query: z.strictObject({
      account_id: z.string().max(100).optional(),
      limit: wholeNumber(1, 100),
      cursor: z.string().max(100).optional(),
    }),
  },
  responses: jsonResponses(
    z
      .object({ audit: z.array(ActShape), has_more: z.boolean(), cursor: z.string().nullable() })
      .openapi('AdminAudit'),
  ),
})

const SumShape = z.object({
  sold: MoneyShape,
  upstream_cost: MoneyShape,
  unknown_count: z.int(),
  unpaid: z.object({ jobs: z.int(), cost: MoneyShape }),
  margin: MoneyShape,
})
const margin = createRoute({
  method: 'get',
  path: '/admin/v1/margin',
  summary: 'What was sold, what it cost at fal.ai, and what of that nobody pays',
  security: ADMIN,
  middleware: adminNeeds('read'),
  request: {
    query: RangeQuery.extend({
      by: z.enum(MARGIN_KEYS).optional(),
      account_id: z.string().max(100).optional(),
    }),
  },
  responses: jsonResponses(
    z
      .object({
        from: z.string(),
        to: z.string(),
        by: z.enum(MARGIN_KEYS),
        rows: z.array(SumShape.extend({ name: z.string() })),
        total: SumShape,
        costs_since: z.string().nullable(),
      })
      .openapi('AdminMargin'),
  ),
})

/** Routes of the admin API about money: credits, refunds, the audit log and the margin. */
export function adminMoneyRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(credit, async (context) => {
    const { id: accountId } = context.req.valid('param')
    const { amount_usd, reason } = context.req.valid('json')
    const requestKey = context.req.valid('header')['idempotency-key']
    const act = moneyActOf(context, { reason, requestKey, prefix: 'txn_topup' })
    const amount = microOf(amount_usd)
    const done = await context.var.app.db.write(() => creditAccount({ accountId, amount }, act))
    return context.json(shownDone(done), 200)
  })
  api.openapi(refund, async (context) => {
    const { id: accountId } = context.req.valid('param')
    const { generation_id: generationId, reason } = context.req.valid('json')
    const requestKey = context.req.valid('header')['idempotency-key']
    const act = moneyActOf(context, { reason, requestKey, prefix: 'txn_refund' })
    const done = await context.var.app.db.write(() =>
      refundGeneration({ generationId, accountId }, act),
    )
    return context.json(done === null ? { replayed: true } : shownDone(done), 200)
  })
  api.openapi(audit, async (context) => {
    const { account_id: accountId, limit = 20, cursor: before } = context.req.valid('query')
    const { acts, more } = await context.var.app.db.read(() =>
      listActs({ accountId, before, limit }),
    )
    const cursor = more ? (acts.at(-1)?.id ?? null) : null
    return context.json({ audit: acts.map(shownAct), has_more: more, cursor }, 200)
  })
  api.openapi(margin, async (context) => {
    const { by = 'model', account_id: accountId, ...range } = context.req.valid('query')
    const report = await context.var.app.reports.read(() =>
      marginReport({ ...rangeOf(range), by, accountId }),
    )
    const { from, to, rows, total, costsSince } = report
    const named = rows.map(({ name, ...sum }) => ({ name, ...shownSum(sum) }))
    const sums = { rows: named, total: shownSum(total), costs_since: costsSince }
    return context.json({ from, to, by, ...sums }, 200)
  })
}

function shownAct(act: AuditTable): z.infer<typeof ActShape> {
  return {
    id: act.id,
    at: new Date(act.at).toISOString(),
    by: act.author,
    action: act.action,
    account: act.account_id === '' ? null : act.account_id,
    subject: act.subject,
    amount: moneyOrNull(act.amount),
    reason: act.reason,
    details: act.details,
    entry_id: act.entry_id,
  }
}

function shownDone({ act, replayed }: Done): z.infer<typeof DoneShape> {
  return { ...shownAct(act), replayed }
}

function shownSum({ sold, upstreamCost, unknownCount, unpaid, margin: left }: MarginSum) {
  return {
    sold: money(sold),
    upstream_cost: money(upstreamCost),
    unknown_count: unknownCount,
    unpaid: { jobs: unpaid.jobs, cost: money(unpaid.cost) },
    margin: money(left),
  }
}
