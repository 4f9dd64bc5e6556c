import { Hono } from 'hono'
import { ERROR_CODES } from '../../../errors.ts'
import { listActs } from '../../../operator/audit.ts'
import { toAppError } from '../../../to-app-error.ts'
import { accountNamed } from '../../../usage/desk/find.ts'
import { createKeep } from '../../../usage/desk/keep.ts'
import { namesIn } from '../../../usage/desk/names.ts'
import { deskOverview, type DeskSources } from '../../../usage/desk/overview.ts'
import { sendPage } from '../../responses/page.ts'
import type { Alert } from '../../views/alert.ts'
import { deskAuditPage } from '../../views/desk/audit-page.ts'
import { deskOverviewPage } from '../../views/desk/overview.ts'
import { deskSignInPage } from '../../views/desk/sign-in.ts'
import { errorPage } from '../../views/error.ts'
import type { PageContext, WebEnv } from '../env.ts'
import { takeFlash } from '../flash.ts'
import { deskAccountRoutes } from './account.ts'
import { deskDownloadRoutes, deskEntryRoutes } from './downloads.ts'
import { cursorOf, readAccountsAsked } from './query.ts'
import { frameOf } from './frame.ts'
import { DESK, findOperating, requireOperating } from './session.ts'
import { deskPlaceOf, deskSignInRoutes } from './sign-in.ts'

const ACTS_SHOWN = 50

/** Routes of the operator's page at `/admin`, and of everything below it. */
export function deskRoutes(): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  const keep = createKeep()
  const sources = ({ var: { app } }: PageContext): DeskSources => ({ ...app, keep })
  deskSignInRoutes(routes)
  deskDownloadRoutes(routes, sources)
  deskEntryRoutes(routes)
  deskAccountRoutes(routes)
  routes.get(DESK, async (context) => {
    const operating = await findOperating(context)
    if (operating === null) return await sendSignIn(context, null)
    const { app } = context.var
    const named = await app.db.read(() => accountNamed(context.req.query('q')?.trim() ?? ''))
    if (named !== null) return context.redirect(`${DESK}/accounts/${named}`, 303)
    const desk = await deskOverview(sources(context), readAccountsAsked(context), app.now())
    const names = await app.db.read(() => namesIn(desk.acts, desk.approvals))
    const shown = { ...desk, names, nowMs: app.now() }
    return await sendPage(context, deskOverviewPage(frameOf(context, operating), shown))
  })
  routes.get('/admin/audit', async (context) => {
    const operating = await requireOperating(context)
    const { db } = context.var.app
    const accountId = context.req.query('account') || undefined
    const before = cursorOf(context.req.query('before'))
    const { acts, more } = await db.read(() => listActs({ accountId, before, limit: ACTS_SHOWN }))
    const names = await db.read(() => namesIn(acts))
    const shown = { acts, names, accountId, isFirst: before === undefined, more }
    return await sendPage(context, deskAuditPage(frameOf(context, operating), shown))
  })
  routes.onError(async (error, context) => {
    const { code, message, hint } = toAppError(error, context.var.app.log, context.req.path)
    context.status(ERROR_CODES[code].status as 400)
    if (code === 'unauthorized') return await sendSignIn(context, { message, hint })
    const back = { href: DESK, label: 'All accounts' }
    return await sendPage(context, errorPage(context.var.app.mode, { message, hint }, back))
  })
  return routes
}

/** The page to sign in leads to where the browser wanted to go. */
async function sendSignIn(context: PageContext, alert: Alert | null): Promise<Response> {
  const { pathname, search } = new URL(context.req.url)
  const next = context.req.method === 'GET' ? deskPlaceOf(`${pathname}${search}`) : DESK
  const page = deskSignInPage(context.var.app.mode, takeFlash(context) ?? alert, next)
  return await sendPage(context, page)
}
