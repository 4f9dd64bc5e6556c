import type { OpenAPIHono } from '@hono/zod-openapi'
import { available } from '../../ledger/ledger.ts'
import { VERSION } from '../../version.ts'
import type { HttpEnv } from './env.ts'

/** Whether the process is there, and whether it can work. Neither needs a key nor tells anything about accounts. */
export function healthRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.get('/healthz', (context) => context.json({ ok: true, version: VERSION }))
  api.get('/readyz', async (context) => {
    await context.var.app.db.read(() => available(''))
    return context.json({ ok: true, mode: context.var.app.mode })
  })
}
