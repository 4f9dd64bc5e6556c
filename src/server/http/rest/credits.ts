import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import * as z from 'zod'
import { monthOf } from '../../../ledger/rules.ts'
import { money, usdNumber } from '../../../money.ts'
import { thisMonth } from '../../../usage/days.ts'
import { creditsUsed, usageReport } from '../../../usage/report.ts'
import { accountStatus, leastLeft, type BudgetStatus } from '../../../usage/account-status.ts'
import { callerOf } from '../context/caller.ts'
import type { HttpEnv } from '../context/env.ts'
import { jsonText } from '../context/replies.ts'
import { jsonResponses, needs } from './route.ts'
import { MoneyShape } from './shapes.ts'

const CapShape = z.object({ limit: MoneyShape, used: MoneyShape, remaining: MoneyShape }).nullable()

const CreditsShape = z
  .object({
    balance: MoneyShape,
    held: MoneyShape,
    caps: z.object({ account: CapShape, key: CapShape, session: CapShape }),
  })
  .openapi('Credits')

const credits = createRoute({
  method: 'get',
  path: '/v1/credits',
  summary: 'The available balance, what is held, and the caps',
  middleware: needs('credits:read'),
  responses: jsonResponses(CreditsShape),
})

const BillingUsageShape = z
  .object({
    success: z.literal(true),
    data: z.object({
      credit_balance: z.number(),
      usage_this_month: z.number(),
      breakdown: z.record(z.string(), z.number()),
      total_credits_used: z.number(),
      monthly_limit: z.number().nullable(),
      credits_remaining: z.number(),
    }),
  })
  .openapi('BillingUsage')

const billingUsage = createRoute({
  method: 'get',
  path: '/billing/usage',
  summary: "Balance and this month's usage in US dollars, by operation",
  middleware: needs('credits:read'),
  responses: jsonResponses(BillingUsageShape),
})

/** Routes for balance and caps, with the field names of FairStack and of VideoDB. */
export function creditsRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(credits, async (context) => {
    const app = context.get('app')
    const caller = callerOf(context)
    await app.ready(caller)
    const nowMs = app.now()
    const now = await app.db.read(() => accountStatus(caller, nowMs))
    const [account, key] = [leastLeft([now.day, now.month]), leastLeft(now.ofKey)]
    const shown: z.infer<typeof CreditsShape> = {
      balance: money(now.balance.available),
      held: money(now.balance.held),
      caps: { account: capOf(account), key: capOf(key), session: capOf(now.session) },
    }
    return await jsonText(context, JSON.stringify(shown))
  })
  api.openapi(billingUsage, async (context) => {
    const app = context.get('app')
    const caller = callerOf(context)
    await app.ready(caller)
    const nowMs = app.now()
    const { now, month, paid } = await app.db.read(function* reading() {
      const range = thisMonth(nowMs)
      return {
        now: yield* accountStatus(caller, nowMs),
        month: yield* usageReport(caller.account.id, range),
        paid: yield* creditsUsed(caller.account.id, monthOf(range.to)),
      }
    })
    const used = month.byOperation.filter(({ count }) => count > 0)
    const { available } = now.balance
    return context.json(
      {
        success: true as const,
        data: {
          credit_balance: usdNumber(available),
          usage_this_month: usdNumber(month.total.cost),
          breakdown: Object.fromEntries(
            used.map(({ operation, cost }) => [operation, usdNumber(cost)]),
          ),
          total_credits_used: usdNumber(paid),
          monthly_limit: now.month.limit === null ? null : usdNumber(now.month.limit),
          credits_remaining: usdNumber(Math.min(available, now.month.remaining ?? available)),
        },
      },
      200,
    )
  })
}

function capOf(cap: BudgetStatus | null): z.infer<typeof CapShape> {
  if (cap === null || cap.limit === null) return null
  return {
    limit: money(cap.limit),
    used: money(cap.spent + cap.held),
    remaining: money(cap.remaining ?? 0),
  }
}
