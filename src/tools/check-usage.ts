import * as z from 'zod'
import { PURCHASE_USUAL } from '../pricing/purchases.ts'
import { aboutOf } from '../usage/about.ts'
import {
  RECENT_DEFAULT,
  usageOverview,
  VIEW_META,
  type UsageOverview,
  type ViewMeta,
} from '../usage/overview.ts'
import { usageText } from '../usage/overview-text.ts'
import { DAYS_MAX, LAST_DAYS_DEFAULT } from '../usage/days.ts'
import { USAGE_VIEW } from './names.ts'
import { ShownUsage } from './shown-shapes.ts'
import { defineTool, type Reply } from './tool.ts'

/** Longest range for which the view's chart gets daily figures that the model did not request, in days. */
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
    const at = services.now()
    const mayBuy = caller.scopes.includes('credits:buy') && services.billing.configured()
    const { overview, ...meta } = await services.generations.db.read(function* () {
      const request = { ...input, mode: services.mode, daily: true }
      const read = yield* usageOverview(caller, request, at)
      return {
        ...read,
        about: Object.fromEntries(yield* aboutOf(read.overview.recent.map(({ id }) => id))),
        usagePage: services.usagePage(),
        buyUsd: mayBuy ? PURCHASE_USUAL / 100 : null,
      }
    })
    if (input.daily === true) return reply(overview, meta)
    const { daily = [], ...usage } = overview.usage
    const fits = daily.length <= CHART_DAYS_MAX
    return reply({ ...overview, usage }, { ...meta, ...(fits && { daily }) })
  },
})

function reply(overview: UsageOverview, meta: ViewMeta): Reply {
  return {
    content: [{ type: 'text', text: usageText(overview) }],
    structured: overview,
    meta: { [VIEW_META]: meta },
  }
}
