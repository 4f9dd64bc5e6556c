import type { Hono } from 'hono'
import { closePageSession, openPageSession, redeemPageLink } from '../../accounts/page-sessions.ts'
import { authenticate } from '../../accounts/principal.ts'
import { requireScope } from '../../accounts/scopes.ts'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import type { WebEnv } from './env.ts'
import { setFlash } from './flash.ts'
import { formOf, ownForm } from './form.ts'
import { identityRoutes } from './identity.ts'
import { placeOf } from './next.ts'
import { clearSessionCookie, setSessionCookie } from './session.ts'

/** Routes to sign in with a key or a link, and to sign out. */
export function signInRoutes(routes: Hono<WebEnv>): void {
  routes.post('/page/sign-in', async (context) => {
    const form = await formOf(context)
    try {
      setSessionCookie(context, await signIn(context.var.app, form('key')))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { message, hint } = error
      setFlash(context, { field: 'key', isError: true, message, hint })
    }
    return context.redirect(placeOf(form('next')), 303)
  })
  identityRoutes(routes)
  routes.get('/page/link/:token', async (context) => {
    const { db, now } = context.var.app
    const token = context.req.param('token')
    setSessionCookie(context, await db.write(() => redeemPageLink(token, now())))
    return context.redirect('/', 303)
  })
  routes.post('/page/sign-out', async (context) => {
    const { token } = await ownForm(context)
    await context.var.app.db.write(() => closePageSession(token))
    clearSessionCookie(context)
    return context.redirect('/', 303)
  })
}

/**
 * Signs a browser in with an API key, or with a link that opens once. Returns the token for its cookie. Throws
 * `unauthorized`, and `forbidden` for a key that may not read usage.
 */
export async function signIn({ db, now }: App, text: string): Promise<string> {
  const at = now()
  const link = /\/page\/link\/([\w-]+)$/.exec(text.trim())?.[1]
  if (link !== undefined) return await db.write(() => redeemPageLink(link, at))
  if (text.trim().startsWith('inkadm_')) throw adminKey()
  const principal = await db.read(() => authenticate(text.trim(), at)).catch(invalidKey)
  requireScope(principal, 'credits:read')
  const owner = { accountId: principal.account.id, keyId: principal.keyId }
  return await db.write(() => openPageSession(owner, at))
}

function adminKey(): AppError {
  return new AppError('unauthorized', 'This is an admin key; here only keys of accounts count.', {
    hint: 'It signs in to the page of the operator, /admin.',
  })
}

function invalidKey(cause: unknown): never {
  if (!(cause instanceof AppError)) throw cause
  throw new AppError('unauthorized', 'This API key does not exist, has expired or was revoked.', {
    hint: 'The operator of this server gives out keys.',
  })
}
