import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import * as z from 'zod'
import { described } from '../../../alerts/described.ts'
import { listAlerts, type ListedAlert } from '../../../alerts/outbox.ts'
import { ALERT_KINDS } from '../../../db/schema/alerts.ts'
import type { HttpEnv } from '../context/env.ts'
import { jsonResponses } from '../rest/route.ts'
import { wholeNumber } from '../rest/shapes.ts'
import { ADMIN, adminNeeds } from './admin.ts'
import { isoOrNull } from '../../../text.ts'

const STATES = ['waiting', 'delivered', 'failed'] as const

const AlertShape = z
  .object({
    id: z.string(),
    at: z.string(),
    kind: z.enum(ALERT_KINDS),
    account: z.string().nullable(),
    subject: z.string().nullable().describe('The budget or model that it is about'),
    threshold: z.int().nullable().describe('Percent of a budget'),
    period: z.string().nullable().describe('The UTC month, day or hour in which it is raised once'),
    text: z.string(),
    state: z.enum(STATES),
    tries: z.int(),
    delivered_at: z.string().nullable(),
    answer: z.string().nullable().describe('What came of the last attempt to deliver it'),
    webhook: z
      .object({ state: z.enum(STATES), tries: z.int(), answer: z.string().nullable() })
      .nullable()
      .describe(
        'What became of it at the webhook of the account; null where it was not sent there',
      ),
  })
  .openapi('AdminAlert')

const alerts = createRoute({
  method: 'get',
  path: '/admin/v1/alerts',
  summary: 'Alerts of one account or of all, newest first',
  security: ADMIN,
  middleware: adminNeeds('read'),
  request: {
    query: z.strictObject({
      account_id: z.string().max(100).optional(),
      kind: z.enum(ALERT_KINDS).optional(),
      limit: wholeNumber(1, 100),
      cursor: z.string().max(100).optional(),
    }),
  },
  responses: jsonResponses(
    z
      .object({ alerts: z.array(AlertShape), has_more: z.boolean(), cursor: z.string().nullable() })
      .openapi('AdminAlerts'),
  ),
})

/** The route of the admin API for alerts. */
export function adminAlertRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(alerts, async (context) => {
    const { account_id: accountId, kind, limit = 20, cursor: before } = context.req.valid('query')
    const found = await context.var.app.db.read(() =>
      listAlerts({ accountId, kind, before, limit }),
    )
    const cursor = found.more ? (found.alerts.at(-1)?.id ?? null) : null
    return context.json({ alerts: found.alerts.map(shown), has_more: found.more, cursor }, 200)
  })
}

function shown(alert: ListedAlert): z.infer<typeof AlertShape> {
  return { ...described(alert), delivered_at: isoOrNull(alert.delivered_at) }
}
