import { authenticate, touchIsDue, touchKey, type Principal } from '../../../accounts/principal.ts'
import { resourcesFor, resourcesOf } from '../../../connect/resources.ts'
import { authenticateToken } from '../../../connect/tokens.ts'
import { AppError } from '../../../errors.ts'
import type { Context } from 'hono'
import type { HttpEnv } from './env.ts'

/**
 * Returns the principal of a request's API key, or of its access token where this server has connections, and counts the
 * request. Throws `unauthorized` and `rate_limited`.
 */
export async function principalOf(context: Context<HttpEnv>): Promise<Principal> {
  const [app, connectors] = [context.get('app'), context.get('connectors')]
  const { req } = context
  const now = app.now()
  const credential = keyIn(req.raw.headers)
  const principal = await app.db.read(() =>
    connectors !== undefined && isToken(credential)
      ? authenticateToken(credential, {
          resources: resourcesFor(req.path, resourcesOf(connectors.origin)),
          at: now,
        })
      : authenticate(credential, now),
  )
  await app.requestLimit.count(principal.keyId, 'requests')
  if (touchIsDue(principal, now))
    void app.db
      .write(() => touchKey(principal.keyId, now))
      .catch((error: unknown) => app.log.warn('key.untouched', { error }))
  return principal
}

/** Sets the response headers for the paid calls that the key has left in this minute. The reset time is in Unix seconds. */
export async function setRateLimitHeaders(context: Context<HttpEnv>): Promise<void> {
  const [app, principal] = [context.get('app'), context.get('principal')]
  const { limit, remaining, resetsInMs } = await app.generations.callLimit.window(principal)
  Object.assign(context.get('headers'), {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil((app.now() + resetsInMs) / 1000)),
  })
}

/** Returns whether the credential of a request is an access token, and no API key. */
export function hasToken({ req }: Context<HttpEnv>): boolean {
  return isToken(keyIn(req.raw.headers))
}

/** Our tokens are 43 characters long: no API key is. */
function isToken(credential: string): boolean {
  return /^[\w-]{43}$/.test(credential)
}

/** Returns the bearer key or the one in VideoDB's header, else ''. Throws `unauthorized` for two different keys, as either could be meant. */
function keyIn(headers: Headers): string {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  const token = headers.get('x-access-token')
  if (bearer !== undefined && token !== null && bearer !== token) throw conflictingKeys()
  return bearer ?? token ?? ''
}

function conflictingKeys(): AppError {
  return new AppError('unauthorized', 'Authorization and x-access-token name different API keys.', {
    hint: 'Send one of them.',
  })
}
