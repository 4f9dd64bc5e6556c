import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  type Configuration,
} from 'openid-client'
import { AppError } from '../errors.ts'
import { memoizeAsync } from '../once.ts'
import type { IdentityProvider } from './identity.ts'

export type IdentityOptions = { issuer: string; clientId: string; clientSecret: string }

/** Talks to the operator's identity provider by OpenID Connect: code flow with PKCE, state and nonce. */
export function createIdentityProvider(options: IdentityOptions): IdentityProvider {
  const { issuer, clientId, clientSecret } = options
  const found = memoizeAsync<Configuration>()
  const configuration = (): Promise<Configuration> =>
    found('', async () => {
      const url = new URL(issuer)
      // Settings allow plain http on this machine only.
      const execute = url.protocol === 'http:' ? [allowInsecureRequests] : []
      return await discovery(url, clientId, clientSecret, undefined, { execute }).catch(unreachable)
    })
  return {
    begin: async ({ state, nonce, verifier }, redirectUri) =>
      buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      }).href,
    finish: async ({ state, nonce, verifier }, callback) => {
      const tokens = await authorizationCodeGrant(await configuration(), callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      }).catch(refused)
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('an ID token was expected and is not there')
      const { sub, name, email, email_verified } = claims
      return {
        issuer: claims.iss,
        subject: sub,
        name: typeof name === 'string' ? name : null,
        email: typeof email === 'string' && email_verified === true ? email : null,
      }
    },
  }
}

function unreachable(cause: unknown): never {
  throw new AppError('upstream_unavailable', 'The identity provider cannot be reached.', {
    hint: 'Try again in a moment, or sign in with an API key.',
    localHint: 'Check INKWELL_OIDC_ISSUER.',
    cause,
  })
}

function refused(cause: unknown): never {
  throw new AppError('unauthorized', 'The identity provider did not confirm this sign-in.', {
    hint: 'Sign in again.',
    cause,
  })
}
