import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Caller } from '../../accounts/caller.ts'
import { keyCaller, type SessionHints } from '../../accounts/key-caller.ts'
import { findPageSession, PAGE_SESSION_MS } from '../../accounts/page-sessions.ts'
import { LOCAL_ACCOUNT } from '../../accounts/sessions.ts'
import { AppError } from '../../errors.ts'
import { dayOf } from '../../ledger/rules.ts'
import { unmask } from '../responses/masked.ts'
import type { WebEnv } from './env.ts'

const COOKIE = 'inkwell_page'

/** A browser sends no hints about an agent's session. */
const NO_HINTS: SessionHints = { header: null, mcpSession: null }

/** A person who is signed in. Every form must send `csrf` back, masked as the page has it. */
export type Visitor = { caller: Caller; token: string; csrf: string }

/** Sets the cookie that keeps a browser signed in. Scripts cannot read it, and forms of other sites do not send it. */
export function setSessionCookie(context: Context<WebEnv>, token: string): void {
  setCookie(context, COOKIE, token, {
    ...cookieScope(context),
    httpOnly: true,
    sameSite: 'Lax',
    maxAge: PAGE_SESSION_MS / 1000,
  })
}

/** Removes the cookie, which signs the browser out. */
export function clearSessionCookie(context: Context<WebEnv>): void {
  deleteCookie(context, COOKIE, cookieScope(context))
}

/** Returns what a browser sends as its session, unchecked: enough to show a link to the usage page, and no more. */
export function sessionTokenOf(context: Context): string | undefined {
  return getCookie(context, COOKIE)
}

/** Returns the signed-in visitor, or null. */
export async function findVisitor(context: Context<WebEnv>): Promise<Visitor | null> {
  const { app, linkTo } = context.var
  const token = getCookie(context, COOKIE)
  if (token === undefined) return null
  const now = app.now()
  const principal = await app.db.read(() => findPageSession(token, now))
  if (principal === null) return null
  const caller =
    principal.keyId === ''
      ? {
          ...app.localCaller(`day:${dayOf(now)}`),
          account: principal.account,
          mayReadFiles: principal.account.id === LOCAL_ACCOUNT.id,
        }
      : { ...keyCaller(principal, NO_HINTS, { ...app, now }), linkTo }
  const csrf = csrfOf(token)
  context.set('csrf', csrf)
  return { caller, token, csrf }
}

/** Returns the signed-in visitor. Throws `unauthorized` if there is none. */
export async function requireVisitor(context: Context<WebEnv>): Promise<Visitor> {
  const visitor = await findVisitor(context)
  if (visitor !== null) return visitor
  throw new AppError('unauthorized', 'You are not signed in.', { hint: 'Sign in first.' })
}

/** Throws `forbidden` for a form that did not come from the page of this visitor. */
export function requireCsrf({ csrf }: { csrf: string }, given: string): void {
  const [a, b] = [Buffer.from(unmask(given)), Buffer.from(csrf)]
  if (a.length === b.length && timingSafeEqual(a, b)) return
  throw new AppError('forbidden', 'This form does not belong to your page any more.', {
    hint: 'Load the page again and repeat it.',
  })
}

/** Derives the CSRF token from the cookie, which other sites cannot read. So it need not be stored. */
export function csrfOf(token: string): string {
  return createHash('sha256').update(`csrf ${token}`).digest('base64url')
}

/** Returns below which path a cookie is sent, and whether only over https. */
export function cookieScope(
  { req, var: { linkTo } }: Context<WebEnv>,
  path = '/',
): { path: string; secure: boolean } {
  return { path, secure: linkTo('').startsWith('https:') || req.url.startsWith('https:') }
}
