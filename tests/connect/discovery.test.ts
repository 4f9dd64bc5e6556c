import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomPKCECodeVerifier,
  refreshTokenGrant,
  tokenRevocation,
} from 'openid-client'
import { expect } from 'vitest'
import { SCOPES } from '../../src/accounts/scopes.ts'
import {
  askedFor,
  CALLBACK,
  csrfIn,
  person,
  register,
  TERMS,
  withConnectors,
} from '../support/connectors.ts'

/** A certified client finds everything by itself, from the address of the server alone. */
const test = withConnectors().extend('found', async ({ server }) => {
  const { client_id } = await register(server)
  return await discovery(new URL(server.url), client_id, undefined, None(), {
    algorithm: 'oauth2',
    execute: [allowInsecureRequests],
  })
})

test('a client finds all that it needs', ({ server, found }) => {
  const at = (path: string): string => `${server.url}${path}`
  expect(found.serverMetadata()).toMatchObject({
    issuer: server.url,
    authorization_endpoint: at('/oauth/authorize'),
    token_endpoint: at('/oauth/token'),
    registration_endpoint: at('/oauth/register'),
    revocation_endpoint: at('/oauth/revoke'),
    device_authorization_endpoint: at('/oauth/device/code'),
    scopes_supported: expect.arrayContaining([...SCOPES, 'offline_access']),
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  })
  expect(found.serverMetadata().supportsPKCE()).toBe(true)
})

test('a sign-in, new tokens and their end go by the metadata alone', async ({
  server,
  found,
  key,
}) => {
  const pkceCodeVerifier = randomPKCECodeVerifier()
  const url = buildAuthorizationUrl(found, {
    redirect_uri: CALLBACK,
    code_challenge: await calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    resource: `${server.url}/mcp`,
  })
  const visitor = person(server)
  const question = await askedFor(visitor, { url: url.href }, key)
  const fields = { csrf: csrfIn(question), ...TERMS, approve: 'yes' }
  const callback = new URL((await visitor.send(question.url, fields)).leaves)
  const mixedUp = new URL(callback)
  mixedUp.searchParams.set('iss', 'https://other.example')
  const checks = { pkceCodeVerifier }
  await expect(authorizationCodeGrant(found, mixedUp, checks)).rejects.toThrow(/invalid/)
  const given = await authorizationCodeGrant(found, callback, checks)
  const next = await refreshTokenGrant(found, given.refresh_token ?? '')
  expect((await server.get('/v1/credits', next.access_token)).status).toBe(401) // it is for MCP
  expect((await server.get('/mcp', next.access_token)).status).not.toBe(401)
  await tokenRevocation(found, next.refresh_token ?? '')
  expect((await server.get('/mcp', next.access_token)).status).toBe(401)
})
