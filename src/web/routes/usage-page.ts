import { Hono } from 'hono'
import { toAppError } from '../../to-app-error.ts'
import { usagePage } from '../../usage/page.ts'
import { sendPage } from '../responses/page.ts'
import { statusFor } from '../responses/status.ts'
import type { Alert } from '../views/alert.ts'
import { errorPage } from '../views/error.ts'
import { signInPage } from '../views/sign-in.ts'
import { usagePageView } from '../views/usage-page.ts'
import type { PageContext, WebEnv } from './env.ts'
import { downloadRoutes } from './downloads.ts'
import { takeFlash } from './flash.ts'
import { generationRoutes } from './generation.ts'
import { nextOf } from './next.ts'
import { alertRoutes, latestAlerts } from './alerts.ts'
import { approvalRoutes, approvalsFor } from './approvals.ts'
import { connectionRoutes, connectionsFor } from './connections.ts'
import { purchaseRoutes, purchasesOf } from './purchase.ts'
import { readQuestion } from './query.ts'
import { identityHost } from './identity.ts'
import { findVisitor, type Visitor } from './session.ts'
import { signInRoutes } from './sign-in.ts'

/** Routes of the usage page at `/`, and of its forms and files below `/page`. */
export function usagePageRoutes(): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  routes.get('/', async (context) => sendUsageOrSignIn(context, await findVisitor(context), null))
  signInRoutes(routes)
  downloadRoutes(routes)
  purchaseRoutes(routes)
  connectionRoutes(routes)
  approvalRoutes(routes)
  alertRoutes(routes)
  generationRoutes(routes)
  routes.onError(async (error, context) => {
    const failure = toAppError(error, context.var.app.log, context.req.path)
    const { code, message, hint } = failure
    const visitor = code === 'unauthorized' ? null : await findVisitor(context)
    context.status(statusFor(failure) as 400)
    const isUsagePage = visitor === null || context.req.path === '/'
    if (!isUsagePage)
      return await sendPage(context, errorPage(context.var.app.mode, { message, hint }))
    return await sendUsageOrSignIn(context, visitor, { message, hint })
  })
  return routes
}

async function sendUsageOrSignIn(
  context: PageContext,
  visitor: Visitor | null,
  alert: Alert | null,
): Promise<Response> {
  const { app } = context.var
  const said = takeFlash(context)
  if (visitor === null)
    return await sendPage(
      context,
      signInPage(app.mode, said ?? alert, nextOf(context), identityHost(app.config)),
    )
  const { caller, csrf } = visitor
  await app.ready(caller)
  const now = app.now()
  // After an error the filter itself may be invalid, so the page uses the default one.
  const parameters = alert === null ? new URL(context.req.url).searchParams : new URLSearchParams()
  const question = readQuestion(parameters, now)
  const usage = await app.reports.read(() => usagePage(caller, app.mode, question, now))
  const purchases = await purchasesOf(app, caller)
  const isOfPage = said !== null && said.field === undefined
  const visit = {
    purchases,
    approvals: await approvalsFor(app, caller),
    alerts: await latestAlerts(app, caller),
    connections: context.var.connectors && (await connectionsFor(app, caller)),
    csrf,
    alert: alert ?? (isOfPage ? said : null),
    buyProblem: said?.field === 'amount' ? { ...said, value: said.value ?? '' } : null,
  }
  return await sendPage(context, usagePageView(usage, visit))
}
