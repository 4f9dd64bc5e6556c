import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HttpEnv } from '../context/env.ts'
import { adminAccountRoutes } from './accounts.ts'
import { adminAlertRoutes } from './alerts.ts'
import { adminApprovalRoutes } from './approvals.ts'
import { adminKeyRoutes } from './keys.ts'
import { adminMoneyRoutes } from './money.ts'

/** All routes of the admin API. */
export function adminRoutes(api: OpenAPIHono<HttpEnv>): void {
  adminAccountRoutes(api)
  adminMoneyRoutes(api)
  adminKeyRoutes(api)
  adminAlertRoutes(api)
  adminApprovalRoutes(api)
}
