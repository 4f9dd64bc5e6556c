import { z } from 'zod'
import {
  DAYS_OF_VIEW,
  LAST_DAYS_DEFAULT,
  RECENT_DEFAULT,
  usageOverview,
  type UsageOverview,
} from '../usage/overview.ts'
import { usageText } from '../usage/overview-text.ts'
import { DAYS_MAX } from '../usage/days.ts'
import { ShownUsage } from './shown-shapes.ts'
import { defineTool, type Reply } from './tool.ts'

/** The view of its results inside a chat. */
export const USAGE_VIEW = 'ui://inkwell/usage.html'

/** Most days that the view is given for its chart, where a model did not ask for them. */
const CHART_DAYS_MAX = 31

const day = z.string().trim().min(1).max(10)

export const checkUsage = defineTool({
  name: 'checkUsage',
  title: 'Check balance and usage',
  description:
    'Tells the balance, what is held, the budgets of this session, day and month, what was spent by model and operation, and recent work with its ids. Free. Call it before a series of paid calls.',
  kind: 'reads',
  scope: 'credits:read',
  input: z.strictObject({
    daily: z.boolean().describe('Add every single day.').optional(),
    days: z
      .int()
      .min(1)
      .max(DAYS_MAX)
      .describe(`UTC days up to today, 1–${DAYS_MAX}, default ${LAST_DAYS_DEFAULT}.`)
      .optional(),
    from: day.describe('First day, YYYY-MM-DD; with to, instead of days.').optional(),
    to: day.describe('Last day, inclusive.').optional(),
    limit: z
      .int()
      .min(0)
      .max(100)
      .default(RECENT_DEFAULT)
      .describe(`Recent transactions listed, 0–100, default ${RECENT_DEFAULT}.`),
  }),
  output: ShownUsage,
  view: USAGE_VIEW,
  async handle(input, { caller }, services) {
    await services.ready(caller)
    await services.billing.refresh(caller.account.id)
    const { db, now } = services.generations
    const overview = await db.read(() =>
      usageOverview(caller, { ...input, mode: services.mode, daily: true }, now()),
    )
    if (input.daily === true) return reply(overview)
    const { daily = [], ...usage } = overview.usage
    const forChart = daily.length <= CHART_DAYS_MAX && { meta: { [DAYS_OF_VIEW]: daily } }
    return { ...reply({ ...overview, usage }), ...forChart }
  },
})

function reply(overview: UsageOverview): Reply {
  return { content: [{ type: 'text', text: usageText(overview) }], structured: overview }
}
