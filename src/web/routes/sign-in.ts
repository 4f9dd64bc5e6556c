import type { Hono } from 'hono'
import { closePageSession, openPageSession, redeemPageLink } from '../../accounts/page-sessions.ts'
import { authenticate } from '../../accounts/principal.ts'
import { requireScope } from '../../accounts/scopes.ts'
import { AppError } from '../../errors.ts'
import type { WebEnv } from './env.ts'
import { setFlash } from './flash.ts'
import { formOf } from './form.ts'
import { placeOf } from './next.ts'
import { clearSessionCookie, requireCsrf, requireVisitor, setSessionCookie } from './session.ts'

/** Routes to sign in with a key or a link, and to sign out. */
export function signInRoutes(routes: Hono<WebEnv>): void {
  routes.post('/page/sign-in', async (context) => {
    const { app } = context.var
    const now = app.now()
    const form = await formOf(context)
    const key = form('key').trim()
    try {
      const principal = await app.db.read(() => authenticate(key, now)).catch(invalidKey)
      requireScope(principal, 'credits:read')
      const owner = { accountId: principal.account.id, keyId: principal.keyId }
      setSessionCookie(context, await app.db.write(() => openPageSession(owner, now)))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { message, hint } = error
      setFlash(context, { field: 'key', isError: true, message, hint })
    }
    return context.redirect(placeOf(form('next')), 303)
  })
  routes.get('/page/link/:token', async (context) => {
    const { db, now } = context.var.app
    const token = context.req.param('token')
    setSessionCookie(context, await db.write(() => redeemPageLink(token, now())))
    return context.redirect('/', 303)
  })
  routes.post('/page/sign-out', async (context) => {
    const visitor = await requireVisitor(context)
    requireCsrf(visitor, (await formOf(context))('csrf'))
    await context.var.app.db.write(() => closePageSession(visitor.token))
    clearSessionCookie(context)
    return context.redirect('/', 303)
  })
}

function invalidKey(cause: unknown): never {
  if (!(cause instanceof AppError)) throw cause
  throw new AppError('unauthorized', 'This API key does not exist, has expired or was revoked.', {
    hint: 'The operator of this server gives out keys.',
  })
}
