import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Caller } from '../../accounts/caller.ts'
import { keyCaller, type SessionHints } from '../../accounts/key-caller.ts'
import { findPageSession, PAGE_SESSION_MS } from '../../accounts/page-sessions.ts'
import { AppError } from '../../errors.ts'
import { dayOf } from '../../ledger/rules.ts'
import type { WebEnv } from './env.ts'

const COOKIE = 'inkwell_page'

/** A browser names no session of an agent. */
const NO_HINTS: SessionHints = { header: null, mcpSession: null }

/** Somebody who is signed in. `csrf` must come back with every form. */
export type Visitor = { caller: Caller; token: string; csrf: string }

/** Keeps a browser signed in. No script can read the cookie, and no form of another site sends it. */
export function setSessionCookie(context: Context<WebEnv>, token: string): void {
  setCookie(context, COOKIE, token, {
    ...cookieScope(context),
    httpOnly: true,
    sameSite: 'Lax',
    maxAge: PAGE_SESSION_MS / 1000,
  })
}

/** Signs a browser out. */
export function clearSessionCookie(context: Context<WebEnv>): void {
  deleteCookie(context, COOKIE, cookieScope(context))
}

/** Whether a browser sends the cookie at all. It proves nothing, but is enough to show a link to the usage page. */
export function hasSessionCookie(context: Context): boolean {
  return getCookie(context, COOKIE) !== undefined
}

/** The visitor who is signed in; null where nobody is. */
export async function findVisitor(context: Context<WebEnv>): Promise<Visitor | null> {
  const { app, linkTo } = context.var
  const token = getCookie(context, COOKIE)
  if (token === undefined) return null
  const now = app.generations.now()
  const principal = await app.db.read(() => findPageSession(token, now))
  if (principal === null) return null
  const caller =
    principal.keyId === ''
      ? { ...app.localCaller(`day:${dayOf(now)}`), account: principal.account }
      : { ...keyCaller(principal, NO_HINTS, { ...app, now }), linkTo }
  return { caller, token, csrf: csrfOf(token) }
}

/** The visitor who is signed in. Throws `unauthorized` where nobody is. */
export async function requireVisitor(context: Context<WebEnv>): Promise<Visitor> {
  const visitor = await findVisitor(context)
  if (visitor !== null) return visitor
  throw new AppError('unauthorized', 'You are not signed in.', { hint: 'Sign in first.' })
}

/** Throws `forbidden` for a form that did not come from the page of this visitor. */
export function requireCsrf({ csrf }: Visitor, given: string): void {
  const [a, b] = [Buffer.from(given), Buffer.from(csrf)]
  if (a.length === b.length && timingSafeEqual(a, b)) return
  throw new AppError('forbidden', 'This form does not belong to your page any more.', {
    hint: 'Load the page again and repeat it.',
  })
}

/** Made from the cookie, which no other site can read. So nothing needs to be stored. */
function csrfOf(token: string): string {
  return createHash('sha256').update(`csrf ${token}`).digest('base64url')
}

function cookieScope({ req, var: { linkTo } }: Context<WebEnv>): { path: string; secure: boolean } {
  return { path: '/', secure: linkTo('').startsWith('https:') || req.url.startsWith('https:') }
}
