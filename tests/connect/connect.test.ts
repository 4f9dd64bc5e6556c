import { describe, expect } from 'vitest'
import { query } from '../../src/db/db.ts'
import { listKeys } from '../../src/accounts/keys.ts'
import { connectHttp1, connectPinned } from '../support/http.ts'
import {
  approved,
  askedFor,
  authorizeUrl,
  connected,
  csrfIn,
  exchange,
  person,
  register,
  TERMS,
  withConnectors,
} from '../support/connectors.ts'

const test = withConnectors()

const PROMPT = { prompt: 'fog', model: 'fal-ai/flux/schnell' }

test('the resource names its authorization server', async ({ server }) => {
  const { body } = await server.json('/.well-known/oauth-protected-resource/mcp')
  expect(body).toMatchObject({
    resource: `${server.url}/mcp`,
    authorization_servers: [server.url],
    scopes_supported: ['generate', 'credits:read', 'assets:read'],
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
