import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Caller } from '../../../accounts/caller.ts'
import type { Principal } from '../../../accounts/principal.ts'
import { findPageSession, PAGE_SESSION_MS } from '../../../accounts/page-sessions.ts'
import { AppError } from '../../../errors.ts'
import { dayOf } from '../../../ledger/rules.ts'
import { callerOver } from '../caller.ts'
import type { HttpEnv } from '../env.ts'

const COOKIE = 'inkwell_page'

/** Whoever is signed in, and the word that every change they ask for must carry. */
export type Visitor = { principal: Principal; caller: Caller; token: string; csrf: string }

/** Keeps a browser signed in. No script can read it, and no other site's form brings it along. */
export function keepSignedIn(context: Context<HttpEnv>, token: string): void {
  setCookie(context, COOKIE, token, {
    ...scopeOf(context),
    httpOnly: true,
    sameSite: 'Lax',
    maxAge: PAGE_SESSION_MS / 1000,
  })
}

export function forgetSignIn(context: Context<HttpEnv>): void {
  deleteCookie(context, COOKIE, scopeOf(context))
}

/** Whether a browser came from the usage page, as it says: enough to show it the way back. */
export function hasSignedIn(context: Context): boolean {
  return getCookie(context, COOKIE) !== undefined
}

/** Who looks at the page; null where nobody is signed in. */
export async function visitorOf(context: Context<HttpEnv>): Promise<Visitor | null> {
  const { app, linkTo } = context.var
  const token = getCookie(context, COOKIE)
  if (token === undefined) return null
  const now = app.generations.now()
  const principal = await app.db.read(() => findPageSession(token, now))
  if (principal === null) return null
  const caller =
    principal.keyId === ''
      ? { ...app.localCaller(`day:${dayOf(now)}`), account: principal.account }
      : callerOver(app, principal, { header: null, mcpSession: null, linkTo })
  return { principal, caller, token, csrf: csrfOf(token) }
}

/** The same for what only somebody signed in may ask for. Throws `unauthorized`. */
export async function requireVisitor(context: Context<HttpEnv>): Promise<Visitor> {
  const visitor = await visitorOf(context)
  if (visitor !== null) return visitor
  throw new AppError('unauthorized', 'You are not signed in.', { hint: 'Sign in first.' })
}

/** Throws `forbidden` where a form was not made by the page of this visitor. */
export function requireCsrf({ csrf }: Visitor, given: string): void {
  const [a, b] = [Buffer.from(given), Buffer.from(csrf)]
  if (a.length === b.length && timingSafeEqual(a, b)) return
  throw new AppError('forbidden', 'This form does not belong to your page any more.', {
    hint: 'Load the page again and repeat it.',
  })
}

/** Made of the cookie, which no other page can read: so nothing needs to be stored. */
function csrfOf(token: string): string {
  return createHash('sha256').update(`csrf ${token}`).digest('base64url')
}

function scopeOf({ req, var: { linkTo } }: Context<HttpEnv>): { path: string; secure: boolean } {
  return { path: '/', secure: linkTo('').startsWith('https:') || req.url.startsWith('https:') }
}
