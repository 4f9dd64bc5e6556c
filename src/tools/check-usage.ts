import { z } from 'zod'
import {
  LAST_DAYS_DEFAULT,
  RECENT_DEFAULT,
  usageOverview,
  UsageOverviewShape,
  usageText,
} from '../usage/overview.ts'
import { DAYS_MAX } from '../usage/days.ts'
import { defineTool } from './tool.ts'

/** The view of its results inside a chat. */
export const USAGE_VIEW = 'ui://inkwell/usage.html'

const day = z.string().max(10)

export const checkUsage = defineTool({
  name: 'checkUsage',
  title: 'Check balance and usage',
  description:
    'Tells the balance, what is held, the budgets of this session, day and month, and what was spent, by day, model and operation. Free. Call it before a series of paid calls.',
  kind: 'reads',
  scope: 'credits:read',
  input: z.strictObject({
    days: z
      .int()
      .min(1)
      .max(DAYS_MAX)
      .describe(`UTC days up to today, ${LAST_DAYS_DEFAULT} by default.`)
      .optional(),
    from: day.describe('First day, YYYY-MM-DD (UTC); with to, instead of days.').optional(),
    to: day.describe('Last day, inclusive.').optional(),
    limit: z
      .int()
      .min(0)
      .max(100)
      .default(RECENT_DEFAULT)
      .describe('How many recent transactions to list.'),
  }),
  output: UsageOverviewShape,
  view: USAGE_VIEW,
  async handle(input, { caller }, services) {
    await services.ready(caller)
    await services.billing.refresh(caller.account.id)
    const { db, now } = services.generations
    const overview = await db.read(() =>
      usageOverview(caller, { ...input, mode: services.mode }, now()),
    )
    return { content: [{ type: 'text', text: usageText(overview) }], structured: overview }
  },
})
