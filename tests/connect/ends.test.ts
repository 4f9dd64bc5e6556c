import { describe, expect } from 'vitest'
import { SCOPES } from '../../src/accounts/scopes.ts'
import { listKeys, revokeKey } from '../../src/accounts/keys.ts'
import { bearer, connectHttp1, type HttpServer } from '../support/http.ts'
import {
  approved,
  authorizeUrl,
  connected,
  exchange,
  person,
  refreshed,
  register,
  withConnectors,
  type Tokens,
} from '../support/connectors.ts'

const test = withConnectors()

describe('a connection ends at once', () => {
  const works = async (server: HttpServer, given: Tokens) =>
    (await server.get('/mcp', given.access_token)).status !== 401

  test('with its key', async ({ home, server, account, key }) => {
    const { clientId, tokens: given } = await connected(server, key)
    expect(await works(server, given)).toBe(true)
    await home.withLedger((db) =>
      db.write(function* ending() {
        const last = (yield* listKeys(account)).at(-1)
        yield* revokeKey({ id: last?.id ?? '' }, Date.now())
      }),
    )
    expect(await works(server, given)).toBe(false)
    expect((await refreshed(server, clientId, given)).body).toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('with the key that signed in, if the person says so', async ({ home, server, keyFor }) => {
    const signer = await keyFor('Signer')
    const { tokens: tied } = await connected(server, signer.key, { with_key: 'yes' })
    const { tokens: free } = await connected(server, signer.key)
    await home.withLedger((db) => db.write(() => revokeKey({ id: signer.id }, Date.now())))
    expect([await works(server, tied), await works(server, free)]).toEqual([false, true])
  })

  test('when its client gives the refresh token back', async ({ home, server, account, key }) => {
    const { clientId, tokens: given } = await connected(server, key)
    const body = new URLSearchParams({ client_id: clientId, token: given.refresh_token })
    const answer = await fetch(`${server.url}/oauth/revoke`, { method: 'POST', body })
    expect(answer.status).toBe(200)
    expect(await works(server, given)).toBe(false)
    const keys = await home.withLedger((db) => db.read(() => listKeys(account)))
    expect(keys.at(-1)).toMatchObject({ kind: 'connection', revokedAt: expect.any(Number) })
  })

  test('when a refresh token is used twice', async ({ server, key }) => {
    const { clientId, tokens: given } = await connected(server, key)
    const { body: next } = await refreshed(server, clientId, given)
    expect(next.refresh_token).not.toBe(given.refresh_token)
    expect(await works(server, next)).toBe(true)
    const again = await refreshed(server, clientId, given)
    expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await works(server, next)).toBe(false)
    expect((await refreshed(server, clientId, next)).status).toBe(400)
  })

  test('when a client connects again, if the person says so', async ({ server, key }) => {
    const { client_id: clientId } = await register(server)
    const once = async (terms: Record<string, string>) => {
      const attempt = authorizeUrl(server, clientId)
      const code = await approved(person(server), attempt, key, terms)
      return (await exchange(server, clientId, { code, verifier: attempt.verifier })).body
    }
    const first = await once({})
    const second = await once({})
    expect([await works(server, first), await works(server, second)]).toEqual([true, true])
    const third = await once({ replace: 'yes' })
    const all = [first, second, third].map((given) => works(server, given))
    expect(await Promise.all(all)).toEqual([false, false, true])
  })
})

test('a missing scope is asked for with the others', async ({ server, keyFor }) => {
  const { key } = await keyFor('Buyer', { scopes: SCOPES })
  const { clientId, tokens: given } = await connected(server, key)
  const call = (token: string) =>
    fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: {
        ...bearer(token),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'buyCredits', arguments: { amountUsd: 5 } },
      }),
    })
  const refused = await call(given.access_token)
  expect(refused.status).toBe(403)
  const challenge = refused.headers.get('www-authenticate') ?? ''
  expect(challenge).toContain('error="insufficient_scope"')
  const scope = /scope="([^"]+)"/.exec(challenge)?.[1] ?? ''
  expect(scope).toBe('generate credits:read credits:buy assets:read')
  const attempt = authorizeUrl(server, clientId, { scope })
  const code = await approved(person(server), attempt, key, { replace: 'yes' })
  const { body } = await exchange(server, clientId, { code, verifier: attempt.verifier })
  await using client = await connectHttp1(server, body.access_token)
  expect((await client.call('buyCredits', { amountUsd: 5 })).isError).toBeFalsy()
})
