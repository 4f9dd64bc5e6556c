import { Hono } from 'hono'
import { requireScope } from '../../accounts/scopes.ts'
import { ERROR_CODES } from '../../errors.ts'
import { toAppError } from '../../to-app-error.ts'
import { usagePage } from '../../usage/page.ts'
import { sendPage } from '../responses/page.ts'
import type { Alert } from '../views/alert.ts'
import { redirectPage } from '../views/checkout.ts'
import { signInPage } from '../views/sign-in.ts'
import { usagePageView } from '../views/usage-page.ts'
import type { PageContext, WebEnv } from './env.ts'
import { downloadRoutes } from './downloads.ts'
import { formOf } from './form.ts'
import { nextOf } from './next.ts'
import { purchasesOf, startPurchase } from './purchase.ts'
import { readQuestion } from './query.ts'
import { findVisitor, requireCsrf, requireVisitor, type Visitor } from './session.ts'
import { signInRoutes } from './sign-in.ts'

/** Routes of the usage page at `/`, and of its forms and files below `/page`. */
export function usagePageRoutes(): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  routes.get('/', async (context) => sendUsageOrSignIn(context, await findVisitor(context), null))
  signInRoutes(routes)
  downloadRoutes(routes)
  routes.post('/page/buy', async (context) => {
    const { app } = context.var
    const visitor = await requireVisitor(context)
    const form = await formOf(context)
    requireCsrf(visitor, form('csrf'))
    requireScope(visitor.caller, 'credits:buy')
    const url = await startPurchase(app, visitor.caller, form('amount'))
    return await sendPage(context, redirectPage(app.mode, url))
  })
  routes.onError(async (error, context) => {
    const { code, message, hint } = toAppError(error, context.var.app.log, context.req.path)
    const visitor = code === 'unauthorized' ? null : await findVisitor(context)
    context.status(ERROR_CODES[code].status as 400)
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
  if (visitor === null)
    return await sendPage(context, signInPage(app.mode, alert, await nextOf(context)))
  const { caller, csrf } = visitor
  await app.ready(caller)
  const now = app.now()
  // After an error the filter itself may be invalid, so the page uses the default one.
  const parameters = alert === null ? new URL(context.req.url).searchParams : new URLSearchParams()
  const question = readQuestion(parameters, now)
  const usage = await app.db.read(() => usagePage(caller, app.mode, question, now))
  const purchases = await purchasesOf(app, caller)
  const visit = { purchases, csrf, alert }
  return await sendPage(context, usagePageView(usage, visit))
}
