import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { PAGE_SESSION_MS } from '../../../accounts/page-sessions.ts'
import { AppError } from '../../../errors.ts'
import { newId } from '../../../ids.ts'
import { requireAdminScope } from '../../../operator/admin-keys.ts'
import { findOperator, type Operator } from '../../../operator/admin-sessions.ts'
import type { Author } from '../../../operator/audit.ts'
import type { PageContext } from '../env.ts'
import { cookieScope, csrfOf, requireCsrf } from '../session.ts'

/** Where the operator's page is. Its cookie is sent nowhere else. */
export const DESK = '/admin'

const COOKIE = 'inkwell_admin'

/** An operator who is signed in. Every form must send `csrf` back, masked as the page has it. */
export type Operating = { operator: Operator; token: string; csrf: string }

/** Sets the cookie that keeps a browser signed in to the operator's page. */
export function setDeskCookie(context: PageContext, token: string): void {
  setCookie(context, COOKIE, token, {
    ...cookieScope(context, DESK),
    httpOnly: true,
    sameSite: 'Lax',
    maxAge: PAGE_SESSION_MS / 1000,
  })
}

/** Removes the cookie, which signs the browser out. */
export function clearDeskCookie(context: PageContext): void {
  deleteCookie(context, COOKIE, cookieScope(context, DESK))
}

/** Returns who is signed in, or null. Counts the request. Throws `rate_limited`. */
export async function findOperating(context: PageContext): Promise<Operating | null> {
  const { db, now, requestLimit } = context.var.app
  const token = getCookie(context, COOKIE)
  if (token === undefined) return null
  const operator = await db.read(() => findOperator(token, now()))
  if (operator === null) return null
  await requestLimit.count(operator.author, 'requests')
  const csrf = csrfOf(token)
  context.set('csrf', csrf)
  return { operator, token, csrf }
}

/** Returns who is signed in. Throws `unauthorized` if nobody is. */
export async function requireOperating(context: PageContext): Promise<Operating> {
  const operating = await findOperating(context)
  if (operating !== null) return operating
  throw new AppError('unauthorized', 'You are not signed in.', { hint: 'Sign in first.' })
}

/** Returns who may act. Throws `unauthorized`, and `forbidden` for an admin key that only reads. */
export async function requireActing(context: PageContext): Promise<Operating> {
  const operating = await requireOperating(context)
  requireAdminScope(operating.operator, 'money')
  return operating
}

/** Returns who acts with a form. Throws `forbidden` for a form that is not of this operator's page. */
export function authorOf(
  context: PageContext,
  { operator, csrf }: Operating,
  given: string,
): Author {
  requireCsrf({ csrf }, given)
  const at = context.var.app.now()
  return { id: newId('aud', at), by: operator.author, at }
}
