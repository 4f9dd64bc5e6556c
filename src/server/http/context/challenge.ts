import type { Context } from 'hono'
import { SCOPES } from '../../../accounts/scopes.ts'
import type { AppError } from '../../../errors.ts'
import type { HttpEnv } from './env.ts'

/** Where a client finds how to sign in (RFC 9728), below the origin. */
export const RESOURCE_METADATA = '/.well-known/oauth-protected-resource'

/**
 * Returns the `WWW-Authenticate` header of a refusal; null if it needs none. Without a credential it names no error, as
 * RFC 6750 asks: several hosts sign in only then. A missing scope is named with those that the credential has already,
 * because a client asks for exactly the named ones.
 */
export function challengeOf(context: Context<HttpEnv>, error: AppError): string | null {
  const { origin, principal } = context.var
  const { requiredScope } = error.facts
  if (error.code !== 'unauthorized' && requiredScope === undefined) return null
  const path = context.req.path === '/mcp' ? `${RESOURCE_METADATA}/mcp` : RESOURCE_METADATA
  const metadata = `resource_metadata="${origin}${path}"`
  if (requiredScope !== undefined) {
    const scopes = SCOPES.filter(
      (scope) => scope === requiredScope || principal?.scopes.includes(scope),
    )
    return `Bearer error="insufficient_scope", scope="${scopes.join(' ')}", ${metadata}`
  }
  return hasCredential(context) ? `Bearer error="invalid_token", ${metadata}` : `Bearer ${metadata}`
}

function hasCredential({ req }: Context): boolean {
  return req.header('authorization') !== undefined || req.header('x-access-token') !== undefined
}
