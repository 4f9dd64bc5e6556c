import type { Hono } from 'hono'
import type { App } from '../../../app.ts'
import { AppError } from '../../../errors.ts'
import { authenticateAdmin } from '../../../operator/admin-keys.ts'
import {
  closeAdminSession,
  openAdminSession,
  redeemAdminLink,
} from '../../../operator/admin-sessions.ts'
import type { WebEnv } from '../env.ts'
import { setFlash } from '../flash.ts'
import { formOf } from '../form.ts'
import { requireCsrf } from '../session.ts'
import { clearDeskCookie, DESK, requireOperating, setDeskCookie } from './session.ts'

/** Pages of the operator that a person may want to come back to. */
const PLACES = /^\/admin(?:\/audit|\/accounts\/\w+)?$/

/** Returns the path and query of a page of the operator that a text names; that of the overview for anything else. */
export function deskPlaceOf(text: string): string {
  const base = 'http://here.invalid'
  if (!URL.canParse(text, base)) return DESK
  const { origin, pathname, search } = new URL(text, base)
  return origin === base && PLACES.test(pathname) ? `${pathname}${search}` : DESK
}

/** Routes to sign in to the operator's page with an admin key or a link, and to sign out. */
export function deskSignInRoutes(routes: Hono<WebEnv>): void {
  routes.post('/admin/sign-in', async (context) => {
    const form = await formOf(context)
    try {
      setDeskCookie(context, await signIn(context.var.app, form('key').trim()))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { message, hint } = error
      setFlash(context, { field: 'key', isError: true, message, hint })
    }
    return context.redirect(deskPlaceOf(form('next')), 303)
  })
  routes.get('/admin/link/:token', async (context) => {
    const { db, now } = context.var.app
    const token = context.req.param('token')
    setDeskCookie(context, await db.write(() => redeemAdminLink(token, now())))
    return context.redirect(DESK, 303)
  })
  routes.post('/admin/sign-out', async (context) => {
    const operating = await requireOperating(context)
    requireCsrf(operating, (await formOf(context))('csrf'))
    await context.var.app.db.write(() => closeAdminSession(operating.token))
    clearDeskCookie(context)
    return context.redirect(DESK, 303)
  })
}

async function signIn({ db, now, requestLimit }: App, text: string): Promise<string> {
  if (text.startsWith('ink_')) throw keyOfAccount()
  await requestLimit.count('desk', 'signIns')
  const key = await db.read(() => authenticateAdmin(text)).catch(invalidKey)
  return await db.write(() => openAdminSession(key.id, now()))
}

function keyOfAccount(): AppError {
  return new AppError(
    'unauthorized',
    'This is the key of an account; here only admin keys count.',
    {
      hint: 'What an account spent is on its usage page, at /.',
    },
  )
}

function invalidKey(cause: unknown): never {
  if (!(cause instanceof AppError) || cause.code !== 'unauthorized') throw cause
  throw new AppError('unauthorized', 'This admin key does not exist or was revoked.', {
    hint: 'The command line of the server makes them.',
  })
}
