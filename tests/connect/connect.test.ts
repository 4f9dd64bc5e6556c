import { allowInsecureRequests, discovery, None } from 'openid-client'
import { describe, expect } from 'vitest'
import { SCOPES } from '../../src/accounts/scopes.ts'
import { query } from '../../src/db/db.ts'
import { listKeys, revokeKey } from '../../src/accounts/keys.ts'
import { bearer, connectHttp1, connectPinned, serveHttp, type Json } from '../support/http.ts'
import {
  approved,
  askedFor,
  authorizeUrl,
  connected,
  csrfIn,
  exchange,
  person,
  publicAt,
  register,
  TERMS,
  tokens,
  withConnectors,
  type Tokens,
} from '../support/connectors.ts'

const test = withConnectors()

const PROMPT = { prompt: 'fog', model: 'fal-ai/flux/schnell' }

const refreshed = (server: Parameters<typeof tokens>[0], clientId: string, old: Tokens) =>
  tokens(server, {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: old.refresh_token,
  })

test('clients find everything by themselves', async ({ server }) => {
  const { body } = await server.json('/.well-known/oauth-protected-resource/mcp')
  expect(body).toMatchObject({
    resource: `${server.url}/mcp`,
    authorization_servers: [server.url],
    scopes_supported: ['generate', 'credits:read', 'assets:read'],
  })
  const config = await discovery(new URL(server.url), 'any', undefined, None(), {
    algorithm: 'oauth2',
    execute: [allowInsecureRequests],
  })
  expect(config.serverMetadata()).toMatchObject({
    issuer: server.url,
    authorization_endpoint: `${server.url}/oauth/authorize`,
    token_endpoint: `${server.url}/oauth/token`,
    registration_endpoint: `${server.url}/oauth/register`,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    client_id_metadata_document_supported: true,
    authorization_response_iss_parameter_supported: true,
  })
})

test('a token works for MCP, and an API key as before', async ({ server, key }) => {
  const { tokens: given } = await connected(server, key)
  expect(given).toMatchObject({
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'generate credits:read assets:read',
  })
  for (const connect of [connectHttp1, connectPinned])
    for (const credential of [given.access_token, key]) {
      await using client = await connect(server, credential)
      expect((await client.call('checkUsage')).isError).toBeFalsy()
    }
  expect((await server.get('/v1/credits', given.access_token)).status).toBe(401) // it is for /mcp
})

test('a token for the whole server opens the REST API too', async ({ server, key }) => {
  const { client_id: clientId } = await register(server)
  const attempt = authorizeUrl(server, clientId, { resource: `${server.url}/` })
  const code = await approved(person(server), attempt, key)
  const { body } = await exchange(server, clientId, { code, verifier: attempt.verifier })
  expect((await server.get('/v1/credits', body.access_token)).status).toBe(200)
  await using client = await connectHttp1(server, body.access_token)
  expect((await client.call('checkUsage')).isError).toBeFalsy()
})

test('the database holds no token, code or secret of a browser', async ({ home, server, key }) => {
  const { tokens: given } = await connected(server, key)
  const rows = await home.withLedger((db) =>
    db.read(() => query((builder) => builder.selectFrom('oauth_record').selectAll())),
  )
  expect(rows.length).toBeGreaterThan(3)
  for (const secret of [given.access_token, given.refresh_token])
    expect(JSON.stringify(rows)).not.toContain(secret)
})

describe('what a person approves', () => {
  test('is a key without a secret, with these limits', async ({ home, server, account, key }) => {
    const terms = { day: '0.5', month: '3', total: '4', call: '0.25', until: '2030-01-31' }
    await connected(server, key, terms)
    const keys = await home.withLedger((db) => db.read(() => listKeys(account)))
    expect(keys.at(-1)).toMatchObject({
      kind: 'connection',
      name: 'Test host',
      prefix: '',
      caps: { day: 500_000, month: 3_000_000, total: 4_000_000, call: 250_000 },
      expiresAt: Date.UTC(2030, 1, 1),
    })
  })

  test('limits what the client spends, call by call', async ({ server, key }) => {
    const { tokens: given } = await connected(server, key, { day: '', total: '0.01', call: '0.03' })
    await using client = await connectHttp1(server, given.access_token)
    const dear = await client.call('generateImage', { ...PROMPT, model: 'fal-ai/flux-2-flex' })
    expect(dear.structuredContent).toMatchObject({ error: { code: 'key_budget_exceeded' } })
    for (let calls = 0; calls < 20; calls += 1) {
      const made = await client.call('generateImage', { ...PROMPT, seed: calls })
      if (made.isError !== true) continue
      expect(made.structuredContent).toMatchObject({ error: { code: 'key_budget_exceeded' } })
      return
    }
    throw new Error('nothing was refused')
  })

  test.for([
    { typed: { day: '' }, told: 'Nothing limits what it may spend' },
    { typed: { day: 'five' }, told: 'no amount of US dollars' },
    { typed: { day: '1', until: '2020-01-01' }, told: 'This day is over' },
    { typed: { day: '1', until: '2030-02-30' }, told: 'no calendar day' },
  ])('is asked again after $typed', async ({ typed, told }, { server, key }) => {
    const { client_id } = await register(server)
    const visitor = person(server)
    const question = await askedFor(visitor, authorizeUrl(server, client_id), key)
    const fields = { csrf: csrfIn(question), ...TERMS, month: '', ...typed, approve: 'yes' }
    const again = await visitor.send(question.url, fields)
    expect(again.leaves).toBe('')
    expect(again.text).toContain(told)
    const day = typed.day === '' ? '' : typed.day
    expect(again.text).toMatch(new RegExp(`name="day"[^>]*value="${day}"`))
  })

  test('may be without limit, if that is chosen', async ({ home, server, account, key }) => {
    await connected(server, key, { day: '', unlimited: 'yes' })
    const keys = await home.withLedger((db) => db.read(() => listKeys(account)))
    const caps = { session: null, day: null, month: null, total: null, call: null }
    expect(keys.at(-1)).toMatchObject({ kind: 'connection', caps, expiresAt: null })
  })

  test('is one connection, however often the form is sent', async ({ home, server, key }) => {
    const { client_id } = await register(server)
    const visitor = person(server)
    const question = await askedFor(visitor, authorizeUrl(server, client_id), key)
    const before = await home.withLedger((db) => db.read(() => listKeys()))
    const fields = { csrf: csrfIn(question), ...TERMS, approve: 'yes' }
    await Promise.all([1, 2, 3].map(() => visitor.send(question.url, fields)))
    const after = await home.withLedger((db) => db.read(() => listKeys()))
    expect(after.length).toBe(before.length + 1)
  })

  test('is refused with one button', async ({ server, key }) => {
    const { client_id } = await register(server)
    const visitor = person(server)
    const attempt = authorizeUrl(server, client_id)
    const question = await askedFor(visitor, attempt, key)
    const { leaves } = await visitor.send(question.url, { csrf: csrfIn(question), deny: 'yes' })
    const { searchParams } = new URL(leaves)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      error: 'access_denied',
      state: attempt.state,
      iss: server.url,
    })
  })

  test('never passes on what the key that signed in has not', async ({ server, keyFor }) => {
    const narrow = await keyFor('Narrow', { scopes: ['generate', 'credits:read'] })
    const all = 'generate credits:read credits:buy assets:read'
    const { tokens: given } = await connected(server, narrow.key, { scope: all })
    expect(given).toMatchObject({ scope: 'generate credits:read' })
    const capped = await keyFor('Capped', { caps: { day: 500_000 } })
    await expect(connected(server, capped.key)).rejects.toThrow(/has limits of its own/)
  })
})

describe('a connection ends at once', () => {
  const works = async (server: Parameters<typeof tokens>[0], given: Tokens) =>
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

  test('when its client gives the refresh token back', async ({ server, key }) => {
    const { clientId, tokens: given } = await connected(server, key)
    const body = new URLSearchParams({ client_id: clientId, token: given.refresh_token })
    const answer = await fetch(`${server.url}/oauth/revoke`, { method: 'POST', body })
    expect(answer.status).toBe(200)
    expect(await works(server, given)).toBe(false)
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

test('each step may be another server of the ledger, or the same after a restart', async ({
  home,
  port,
  server,
  key,
}) => {
  const second = await serveHttp(home, {}, { args: publicAt(0, port) })
  await using _second = second
  const { client_id: clientId } = await register(second)
  const visitor = person(server)
  const attempt = authorizeUrl(server, clientId)
  const elsewhere = (url: string) => url.replace(server.url, second.url)
  const signIn = await visitor.open(attempt.url)
  const question = await visitor.send(signIn.url, { key })
  const fields = { csrf: csrfIn(question), ...TERMS, approve: 'yes' }
  const answer = await fetch(elsewhere(question.url), {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
    headers: { cookie: cookiesOf(visitor, question.url) },
  })
  expect(answer.status).toBe(303)
  const { leaves } = await visitor.open(answer.headers.get('location') ?? '')
  const code = new URL(leaves).searchParams.get('code') ?? ''
  const { body } = await exchange(second, clientId, { code, verifier: attempt.verifier })
  expect((await server.get('/mcp', body.access_token)).status).not.toBe(401)
  await second.stop()
  const third = await serveHttp(home, {}, { args: publicAt(0, port) })
  await using _third = third
  const { body: next } = await refreshed(third, clientId, body)
  expect((await server.get('/mcp', next.access_token)).status).not.toBe(401)
})

function cookiesOf({ cookies }: ReturnType<typeof person>, url: string): string {
  return [...cookies]
    .filter(([, { path }]) => new URL(url).pathname.startsWith(path))
    .map(([name, { value }]) => `${name.split('@')[0]}=${value}`)
    .join('; ')
}

test('a device connects with a code that a person types', async ({ server, key }) => {
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
  const { client_id } = await register(server, {
    redirect_uris: [],
    grant_types: [grant_type, 'refresh_token'],
  })
  const begun = await fetch(`${server.url}/oauth/device/code`, {
    method: 'POST',
    body: new URLSearchParams({ client_id, resource: `${server.url}/mcp` }),
  })
  const device = (await begun.json()) as Json & { device_code: string; user_code: string }
  expect(device).toMatchObject({ verification_uri: `${server.url}/oauth/device` })
  const poll = () => tokens(server, { grant_type, client_id, device_code: device.device_code })
  expect((await poll()).body).toMatchObject({ error: 'authorization_pending' })
  const visitor = person(server)
  const page = await visitor.open(`/oauth/device?user_code=${device.user_code}`)
  expect(page.text).toContain(`value="${device.user_code}"`)
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const wrong = await visitor.send('/oauth/device', { xsrf, user_code: 'BBBB-BBBB' })
  expect(wrong.text).toContain('There is no such code')
  const xsrf2 = /name="xsrf" value="([^"]+)"/.exec(wrong.text)?.[1] ?? ''
  const confirm = await visitor.send('/oauth/device', { xsrf: xsrf2, user_code: device.user_code })
  expect(confirm.text).toContain('Is this your device?')
  const xsrf3 = /name="xsrf" value="([^"]+)"/.exec(confirm.text)?.[1] ?? ''
  const fields = { xsrf: xsrf3, user_code: device.user_code, confirm: 'yes' }
  const signIn = await visitor.send('/oauth/device', fields)
  const question = await visitor.send(signIn.url, { key })
  const done = await visitor.send(question.url, {
    csrf: csrfIn(question),
    ...TERMS,
    approve: 'yes',
  })
  expect(done.text).toContain('You can close this page')
  const { body } = await poll()
  expect((await server.get('/mcp', body.access_token)).status).not.toBe(401)
})
