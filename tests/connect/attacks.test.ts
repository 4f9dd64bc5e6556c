import { describe, expect } from 'vitest'
import { listKeys } from '../../src/accounts/keys.ts'
import {
  approved,
  askedFor,
  authorizeUrl,
  CALLBACK,
  connected,
  csrfIn,
  exchange,
  person,
  post,
  register,
  TERMS,
  tokens,
  withConnectors,
} from '../support/connectors.ts'
import { FILE } from '../support/with-server.ts'

/** A client that registered itself once. */
const test = withConnectors().extend('client', FILE, ({ server }) => register(server))

describe('codes', () => {
  test('a code used twice ends what it gave', async ({ server, key, client }) => {
    const { client_id } = client
    const { verifier, ...attempt } = authorizeUrl(server, client_id)
    const code = await approved(person(server), { verifier, ...attempt }, key)
    const first = await exchange(server, client_id, { code, verifier })
    expect(first.status).toBe(200)
    const second = await exchange(server, client_id, { code, verifier })
    expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await server.get('/mcp', first.body.access_token)).status).toBe(401)
  })

  test('of many who use a code at once, at most one gets a token', async ({
    server,
    key,
    client,
  }) => {
    const { client_id } = client
    const attempt = authorizeUrl(server, client_id)
    const { verifier } = attempt
    const code = await approved(person(server), attempt, key)
    const tries = await Promise.all(
      Array.from({ length: 8 }, () => exchange(server, client_id, { code, verifier })),
    )
    expect(tries.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
  })

  test.for([
    { what: 'another verifier', more: { verifier: 'a'.repeat(43) } },
    { what: 'no verifier', more: { verifier: '' } },
    { what: 'another address', more: { redirect_uri: 'http://127.0.0.1:9/other' } },
    { what: 'another resource', more: { resource: 'https://other.example/mcp' } },
  ])('a code with $what gives nothing', async ({ more }, { server, key, client }) => {
    const { client_id } = client
    const attempt = authorizeUrl(server, client_id)
    const code = await approved(person(server), attempt, key)
    const given = { code, verifier: attempt.verifier, ...more }
    expect((await exchange(server, client_id, given)).status).toBe(400)
  })

  test('a code is of one client', async ({ server, key, client }) => {
    const [mine, other] = [client, await register(server)]
    const attempt = authorizeUrl(server, mine.client_id)
    const code = await approved(person(server), attempt, key)
    const { verifier } = attempt
    expect((await exchange(server, other.client_id, { code, verifier })).status).toBe(400)
  })

  test('a refresh token is no access token, and of one client', async ({ server, key, client }) => {
    const { tokens: given } = await connected(server, key)
    expect((await server.get('/mcp', given.refresh_token)).status).toBe(401)
    const { client_id } = client
    const { refresh_token } = given
    const asked = { grant_type: 'refresh_token', client_id, refresh_token }
    expect((await tokens(server, asked)).status).toBe(400)
  })
})

describe('requests that go back to the client as refused', () => {
  test.for([
    { what: 'without PKCE', more: { code_challenge: null, code_challenge_method: null } },
    { what: 'with plain PKCE', more: { code_challenge_method: 'plain' } },
    { what: 'for a token', more: { response_type: 'token' } },
    { what: 'for another resource', more: { resource: 'https://other.example/mcp' } },
    { what: 'without a person', more: { prompt: 'none' } },
  ])('$what', async ({ more }, { server, client }) => {
    const { client_id } = client
    const { leaves } = await person(server).open(authorizeUrl(server, client_id, more).url)
    expect(leaves.startsWith(CALLBACK)).toBe(true)
    const { searchParams, hash } = new URL(leaves)
    const answer = new URLSearchParams([...searchParams, ...new URLSearchParams(hash.slice(1))])
    expect(answer.get('error')).toBeTruthy()
    expect(answer.get('code')).toBeNull()
    expect(answer.get('iss')).toBe(server.url) // who says so: against mix-up
  })
})

describe('addresses to go back to', () => {
  test.for([
    'http://127.0.0.1:9/callback/',
    'http://127.0.0.1:9/callback/../other',
    'http://127.0.0.1:9/callback?x=1',
    'http://127.0.0.1:9/callback#x',
    'http://127.0.0.1.evil.example:9/callback',
    'http://evil.example@127.0.0.1:9/other',
    'https://127.0.0.1:9/callback',
    'https://evil.example/callback',
    '//evil.example',
    'javascript:alert(1)',
  ])('%s leads nowhere', async (redirect_uri, { server, client }) => {
    const { client_id } = client
    const { leaves, status, text } = await person(server).open(
      authorizeUrl(server, client_id, { redirect_uri }).url,
    )
    expect({ leaves, status }).toEqual({ leaves: '', status: 400 })
    expect(text).toContain('This sign-in cannot go on')
  })

  test('a program on the machine may listen on any port', async ({ server, key, client }) => {
    const { client_id } = client
    const redirect_uri = 'http://127.0.0.1:54321/callback'
    const attempt = authorizeUrl(server, client_id, { redirect_uri })
    const question = await askedFor(person(server), attempt, key)
    expect(question.text).toContain('a program on your computer')
    expect(question.headers.get('content-security-policy')).toContain(
      `form-action 'self' http://127.0.0.1:54321`,
    )
  })

  test.for([
    { redirect_uris: ['http://evil.example/callback'] },
    { redirect_uris: ['javascript:alert(1)'] },
    { redirect_uris: ['data:text/html,x'] },
    { redirect_uris: ['https://ok.example/#x'] },
    { redirect_uris: ['nonsense'] },
    { redirect_uris: [] },
    { redirect_uris: 'https://ok.example/' },
    { redirect_uris: Array.from({ length: 21 }, () => CALLBACK) },
    { redirect_uris: null },
  ])('no client registers $redirect_uris', async (body, { server }) => {
    const answer = await post(server, '/oauth/register', body)
    expect(answer.status).toBe(400)
  })

  test('no client has a secret, whatever it asks for', async ({ server }) => {
    const more = { token_endpoint_auth_method: 'client_secret_post', jwks_uri: 'http://127.0.0.1/' }
    const client = await register(server, more)
    expect(client).toMatchObject({ token_endpoint_auth_method: 'none' })
    expect(Object.keys(client)).not.toContain('client_secret')
    expect(Object.keys(client)).not.toContain('jwks_uri')
  })
})

describe('the question', () => {
  const FULL = `</h1><script>alert(1)</script>\u202e"'<img src=x onerror=alert(1)>`

  test('shows a name of a client as text', async ({ server, key }) => {
    const { client_id } = await register(server, { client_name: FULL })
    const question = await askedFor(person(server), authorizeUrl(server, client_id), key)
    expect(question.text).toContain('&lt;script&gt;alert(1)')
    expect(question.text).not.toMatch(/<script|<img|\u202e/)
  })

  test('is shown in no frame, runs no script and is stored nowhere', async ({
    server,
    key,
    client,
  }) => {
    const { client_id } = client
    const { headers } = await askedFor(person(server), authorizeUrl(server, client_id), key)
    expect(headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    )
    expect(headers.get('content-security-policy')).not.toContain('script-src')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test.for([
    { what: 'without its token', fields: { csrf: '' }, headers: {} },
    { what: 'with the token of another person', fields: null, headers: {} },
    { what: 'from another site', fields: {}, headers: { origin: 'https://evil.example' } },
  ])('takes no answer $what', async ({ fields, headers }, { home, server, key, client }) => {
    const { client_id } = client
    const visitor = person(server)
    const question = await askedFor(visitor, authorizeUrl(server, client_id), key)
    const other = await askedFor(person(server), authorizeUrl(server, client_id), key)
    const csrf = csrfIn(fields === null ? other : question)
    const before = await home.withLedger((db) => db.read(() => listKeys()))
    const sent = { csrf, ...TERMS, approve: 'yes', ...fields }
    const { status, leaves } = await visitor.send(question.url, sent, headers)
    expect({ status, leaves }).toEqual({ status: 403, leaves: '' })
    expect(await home.withLedger((db) => db.read(() => listKeys()))).toHaveLength(before.length)
  })

  test('is answered by the browser that was asked', async ({ server, key, client }) => {
    const { client_id } = client
    const question = await askedFor(person(server), authorizeUrl(server, client_id), key)
    const { status, text } = await person(server).open(question.url)
    expect(status).toBe(404)
    expect(text).toContain('came from another browser')
  })
})

test('tokens that were made up are refused alike', async ({ server, key }) => {
  const { tokens: given } = await connected(server, key)
  const { access_token } = given
  const made = [
    access_token.slice(1) + 'a',
    'a'.repeat(43),
    `${access_token}a`,
    `ink_${'0'.repeat(64)}`,
  ]
  const answers = await Promise.all(made.map((token) => server.get('/mcp', token)))
  for (const answer of answers) {
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
  }
})

test('a flood of registrations is refused, and the rest goes on', async ({ server, key }) => {
  const all = await Promise.all(
    Array.from({ length: 70 }, () =>
      post(server, '/oauth/register', { redirect_uris: [CALLBACK] }),
    ),
  )
  const refused = all.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(5)
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await server.get('/v1/credits', key)).status).toBe(200)
})
