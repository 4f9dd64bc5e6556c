import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import * as z from 'zod'
import { memoizeFor } from '../../../once.ts'
import { MODALITIES } from '../../../pricing/catalog.ts'
import { money } from '../../../money.ts'
import { dailyUsage, usageReport, type UsageReport } from '../../../usage/report.ts'
import {
  listTransactions,
  TRANSACTION_TYPES,
  type Transaction,
} from '../../../usage/transactions.ts'
import { exportCsv } from '../../../usage/export.ts'
import { readCursor, writeCursor } from '../../../usage/cursor.ts'
import type { HttpEnv } from '../context/env.ts'
import { jsonText } from '../context/replies.ts'
import { jsonResponses, needs, responsesOf } from './route.ts'
import {
  counted,
  DailyShape,
  RangeQuery,
  rangeOf,
  type TransactionShape,
  TransactionsShape,
  UsageShape,
  wholeNumber,
} from './shapes.ts'

const usage = createRoute({
  method: 'get',
  path: '/v1/usage',
  summary: 'What was spent in a range of days, by modality and model',
  middleware: needs('credits:read'),
  request: { query: RangeQuery.extend({ key_id: z.string().max(100).optional() }) },
  responses: jsonResponses(UsageShape),
})

const transactions = createRoute({
  method: 'get',
  path: '/v1/usage/transactions',
  summary: 'Generations, top-ups and refunds, newest first',
  middleware: needs('credits:read'),
  request: {
    query: z.strictObject({
      type: z.enum(TRANSACTION_TYPES).optional(),
      modality: z.enum(MODALITIES).optional(),
      limit: wholeNumber(1, 100),
      cursor: z.string().max(100).optional(),
    }),
  },
  responses: jsonResponses(TransactionsShape),
})

const daily = createRoute({
  method: 'get',
  path: '/v1/usage/daily',
  summary: 'What was spent on each day of a range',
  middleware: needs('credits:read'),
  request: { query: RangeQuery },
  responses: jsonResponses(DailyShape),
})

const exported = createRoute({
  method: 'get',
  path: '/v1/usage/export',
  summary: 'The transactions of a range of days as a CSV file',
  middleware: needs('credits:read'),
  request: { query: RangeQuery.extend({ format: z.literal('csv').default('csv') }) },
  responses: responsesOf('text/csv', z.string()),
})

/** FairStack's usage API. All queries are limited to the caller's account, so a foreign key id finds nothing. */
export function usageRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(usage, async (context) => {
    const { from, to, key_id: keyId } = context.req.valid('query')
    const [app, principal] = [context.get('app'), context.get('principal')]
    const report = await app.reports.read(() =>
      usageReport(principal.account.id, rangeOf({ from, to }), keyId),
    )
    return await jsonText(
      context,
      usageFor(report, () => JSON.stringify(shownUsage(report))),
    )
  })
  api.openapi(transactions, async (context) => {
    const { type, modality, limit = 20, cursor } = context.req.valid('query')
    const [app, principal] = [context.get('app'), context.get('principal')]
    const before = cursor === undefined ? undefined : readCursor(cursor)
    const page = await app.reports.read(() =>
      listTransactions(principal.account.id, { type, modality, limit, before }),
    )
    return context.json(
      {
        transactions: page.transactions.map(shown),
        has_more: page.next !== null,
        cursor: page.next === null ? null : writeCursor(page.next),
      },
      200,
    )
  })
  api.openapi(daily, async (context) => {
    const range = rangeOf(context.req.valid('query'))
    const [app, principal] = [context.get('app'), context.get('principal')]
    const days = await app.reports.read(() => dailyUsage(principal.account.id, range))
    return context.json({ days: days.map(counted) }, 200)
  })
  api.openapi(exported, async (context) => {
    const range = rangeOf(context.req.valid('query'))
    const [app, principal] = [context.get('app'), context.get('principal')]
    const csv = await app.reports.read(() => exportCsv(principal.account.id, range))
    const name = `inkwell-${range.from}-${range.to}.csv`
    return context.body(csv, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
    })
  })
}

/** The text of a report is made once for each. */
const usageFor = memoizeFor<string>()

function shownUsage({ from, to, total, byModality, byModel }: UsageReport) {
  return {
    from,
    to,
    total_cost: money(total.cost),
    generation_count: total.count,
    by_modality: byModality.map(counted),
    by_model: byModel.map(counted),
  } satisfies z.infer<typeof UsageShape>
}

/** Converts a transaction to its public shape. A top-up has no model, so these fields are left out. */
function shown({
  id,
  type,
  operation,
  model,
  modality,
  cost,
  billing,
  status,
  at,
}: Transaction): z.infer<typeof TransactionShape> {
  return {
    id,
    type,
    ...(operation !== null && { operation }),
    ...(model !== null && { model }),
    ...(modality !== null && { modality }),
    cost: money(cost),
    billing,
    status,
    created_at: new Date(at).toISOString(),
  }
}
