import { randomBytes } from 'node:crypto'
import type { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { openPageSession } from '../../accounts/page-sessions.ts'
import type { Config } from '../../config.ts'
import { accountOf, type IdentityProvider, type SignInAttempt } from '../../connect/identity.ts'
import { deleteRecord, findRecord, storeRecord } from '../../connect/records.ts'
import { AppError } from '../../errors.ts'
import type { PageContext, WebEnv } from './env.ts'
import { setFlash } from './flash.ts'
import { placeOf } from './next.ts'
import { setSessionCookie } from './session.ts'

const COOKIE = 'inkwell_identity'
const CALLBACK = '/page/identity/callback'
/** How long a person may take at the identity provider, in milliseconds. */
const ATTEMPT_MS = 10 * 60_000

type Kept = SignInAttempt & { next: string }

/**
 * Routes to sign in through the operator's identity provider. What an attempt must bring back is kept in the database
 * under a secret of the browser, so that any server can finish it and no other browser can.
 */
export function identityRoutes(routes: Hono<WebEnv>): void {
  routes.get('/page/identity', async (context) => {
    const { app, identity } = context.var
    if (identity === undefined) throw noProvider()
    await app.requestLimit.count('all', 'signIns')
    const token = randomToken()
    const next = placeOf(context.req.query('next') ?? '/')
    const attempt = { state: randomToken(), nonce: randomToken(), verifier: randomToken() }
    const url = await (await identity()).begin(attempt, callbackOf(context).href)
    await app.db.write(() =>
      storeRecord({
        kind: 'SignIn',
        id: token,
        grant_id: null,
        user_code: null,
        payload: { ...attempt, next } satisfies Kept,
        expires_at: app.now() + ATTEMPT_MS,
      }),
    )
    const secure = callbackOf(context).protocol === 'https:'
    const options = { path: CALLBACK, httpOnly: true, sameSite: 'Lax', secure } as const
    setCookie(context, COOKIE, token, { ...options, maxAge: ATTEMPT_MS / 1000 })
    return context.redirect(url, 303)
  })
  routes.get(CALLBACK, async (context) => {
    const { app, identity } = context.var
    if (identity === undefined) throw noProvider()
    const kept = await takeAttempt(context)
    try {
      if (kept === null) throw attemptOver()
      const account = await signedIn(context, await identity(), kept)
      const owner = { accountId: account, keyId: '' }
      setSessionCookie(context, await app.db.write(() => openPageSession(owner, app.now())))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { message, hint } = error
      setFlash(context, { field: 'key', isError: true, message, hint })
    }
    return context.redirect(kept?.next ?? '/', 303)
  })
}

/** Returns the host of the identity provider; null where none is set. */
export function identityHost({ identity }: Config): string | null {
  return identity === null ? null : new URL(identity.issuer).host
}

async function signedIn(
  context: PageContext,
  provider: IdentityProvider,
  kept: Kept,
): Promise<string> {
  const { db, now, config } = context.var.app
  const callback = callbackOf(context)
  callback.search = new URL(context.req.url).search
  const identity = await provider.finish(kept, callback)
  return await db.write(() => accountOf(identity, config.signup, now()))
}

/** Returns the attempt of this browser, once. */
async function takeAttempt(context: PageContext): Promise<Kept | null> {
  const { db, now } = context.var.app
  const token = getCookie(context, COOKIE)
  deleteCookie(context, COOKIE, { path: CALLBACK })
  if (token === undefined) return null
  const found = await db.write(function* taking() {
    const record = yield* findRecord('SignIn', token, now())
    yield* deleteRecord('SignIn', token)
    return record
  })
  return found === null ? null : (found.payload as Kept)
}

function callbackOf({ var: { linkTo } }: PageContext): URL {
  return new URL(CALLBACK, linkTo(''))
}

function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

function noProvider(): AppError {
  return new AppError('not_found', 'This server has no identity provider.', {
    hint: 'Sign in with an API key.',
  })
}

function attemptOver(): AppError {
  return new AppError('unauthorized', 'This sign-in took too long, or began in another browser.', {
    hint: 'Sign in again.',
  })
}
