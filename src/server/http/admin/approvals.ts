import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import * as z from 'zod'
import { APPROVALS_MAX, listApprovals, type ShownApproval } from '../../../approvals/list.ts'
import { money } from '../../../money.ts'
import { iso } from '../../../text.ts'
import type { HttpEnv } from '../context/env.ts'
import { jsonResponses } from '../rest/route.ts'
import { MoneyShape } from '../rest/shapes.ts'
import { ADMIN, adminNeeds } from './admin.ts'

const ApprovalShape = z
  .object({
    id: z.string(),
    account: z.string(),
    key: z.string().nullable(),
    key_name: z.string().nullable(),
    status: z.enum(['pending', 'approved']),
    operation: z.string(),
    model: z.string(),
    count: z.int().describe('Outputs that are asked for'),
    price: MoneyShape,
    created_at: z.string(),
    expires_at: z.string(),
  })
  .openapi('AdminApproval')

const approvals = createRoute({
  method: 'get',
  path: '/admin/v1/approvals',
  summary: `Calls that wait for a person or, approved, for the call itself; the newest ${APPROVALS_MAX}, without prompts`,
  security: ADMIN,
  middleware: adminNeeds('read'),
  request: { query: z.strictObject({ account_id: z.string().max(100).optional() }) },
  responses: jsonResponses(
    z.object({ approvals: z.array(ApprovalShape) }).openapi('AdminApprovals'),
  ),
})

/** The route of the admin API for calls that wait for an approval. It only reads: their people decide. */
export function adminApprovalRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(approvals, async (context) => {
    const { app } = context.var
    const { account_id: accountId } = context.req.valid('query')
    const waiting = await app.db.read(() => listApprovals({ accountId, at: app.now() }))
    return context.json({ approvals: waiting.map(shown) }, 200)
  })
}

function shown(approval: ShownApproval): z.infer<typeof ApprovalShape> {
  return {
    id: approval.id,
    account: approval.account_id,
    key: approval.key_id === '' ? null : approval.key_id,
    key_name: approval.key_name,
    status: approval.status === 'pending' ? 'pending' : 'approved',
    operation: approval.operation,
    model: approval.model,
    count: approval.count,
    price: money(approval.amount),
    created_at: iso(approval.created_at),
    expires_at: iso(approval.expires_at),
  }
}
