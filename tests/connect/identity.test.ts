import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { promisify } from 'node:util'
import Provider from 'oidc-provider'
import { expect } from 'vitest'
import { query } from '../../src/db/db.ts'
import { SIGNUP_GRANT } from '../../src/ledger/rules.ts'
import { ARGS, COMMAND, REPOSITORY, temporaryHome, type Settings } from '../support/app.ts'
import { person, publicAt, type Person, type Seen } from '../support/connectors.ts'
import { serveHttp, type HttpServer } from '../support/http.ts'
import { freePort } from '../support/postgres.ts'
import { FILE, keep, withServer } from '../support/with-server.ts'

type Claims = { email?: string; email_verified?: boolean; name?: string }

/** An identity provider that knows whoever it is told of. */
async function identityProvider(redirectUri: string) {
  const people = new Map<string, Claims>()
  let now = ''
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: [
      { client_id: 'inkwell', client_secret: 's'.repeat(32), redirect_uris: [redirectUri] },
    ],
    features: { devInteractions: { enabled: false } },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['tests'] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => Promise.resolve({ sub, ...people.get(sub) }),
    }),
    interactions: { url: (_context, { uid }) => `/ask/${uid}` },
  })
  const callback = provider.callback()
  const answer = async (...[request, response]: Parameters<typeof callback>): Promise<void> => {
    if (request.url?.startsWith('/ask/') !== true) return await callback(request, response)
    const grant = new provider.Grant({ accountId: now, clientId: 'inkwell' })
    grant.addOIDCScope('openid email profile')
    const result = { login: { accountId: now }, consent: { grantId: await grant.save() } }
    await provider.interactionFinished(request, response, result)
  }
  const server: Server = createServer((request, response) => void answer(request, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    issuer,
    /** Says who sits before the browser from now on. */
    seat: (sub: string, claims: Claims) => {
      people.set(sub, claims)
      now = sub
    },
    [Symbol.dispose]: () => void server.close(),
  }
}

const test = withServer()
  .extend('port', FILE, () => freePort())
  .extend('provider', FILE, async ({ port }, fixture) =>
    keep(await identityProvider(`http://127.0.0.1:${port}/page/identity/callback`), fixture),
  )

const settingsOf = (issuer: string, signup: string): Settings => ({
  INKWELL_OIDC_ISSUER: issuer,
  INKWELL_OIDC_CLIENT_ID: 'inkwell',
  INKWELL_OIDC_CLIENT_SECRET: 's'.repeat(32),
  INKWELL_SIGNUP: signup,
})

/** Follows a sign-in there and back, as a browser does. */
async function signIn(visitor: Person, server: HttpServer, next = '/'): Promise<Seen> {
  let seen = await visitor.open(`/page/identity?next=${encodeURIComponent(next)}`)
  const there = person({ ...server, url: new URL(seen.leaves).origin })
  seen = await there.open(seen.leaves)
  return await visitor.open(seen.leaves)
}

/** A server with an identity provider, and what it has opened accounts for. */
async function serving({ port, issuer }: { port: number; issuer: string }, signup: string) {
  const home = temporaryHome(settingsOf(issuer, signup))
  const server = await serveHttp(home, {}, { args: publicAt(port) })
  return {
    home,
    server,
    accounts: () =>
      home.withLedger((db) =>
        db.read(() =>
          query((builder) => builder.selectFrom('account').select(['name', 'available'])),
        ),
      ),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      home[Symbol.dispose]()
    },
  }
}

const ADA = { email: 'Ada@example.com', email_verified: true, name: 'Ada' }
const ADAS = [{ name: 'Ada@example.com', available: SIGNUP_GRANT }]

test('everybody gets an account, once, where signup is open', async ({ port, provider }) => {
  await using open = await serving({ port, issuer: provider.issuer }, 'open')
  const { server } = open
  provider.seat('ada', ADA)
  expect((await person(server).open('/')).text).toContain('/page/identity')
  expect((await signIn(person(server), server)).text).toContain('Available Credits')
  const again = await signIn(person(server), server, '/search?q=x')
  expect(again.url).toContain('/search?q=x')
  expect(await open.accounts()).toEqual(ADAS)
})

test('who is invited gets an account, by a verified address', async ({ port, provider }) => {
  await using invited = await serving({ port, issuer: provider.issuer }, 'invite')
  const { server, home } = invited
  provider.seat('ada', ADA)
  expect((await signIn(person(server), server)).text).toContain('is not invited')
  const args = [...ARGS, 'accounts', 'invite', '--email', 'ada@example.com']
  await promisify(execFile)(COMMAND, args, { env: home.env, cwd: REPOSITORY })
  provider.seat('eve', { email: 'ada@example.com', email_verified: false })
  expect((await signIn(person(server), server)).text).toContain('has verified no e-mail address')
  expect(await invited.accounts()).toEqual([])
  provider.seat('ada', ADA)
  expect((await signIn(person(server), server)).text).toContain('Available Credits')
  provider.seat('ada-elsewhere', ADA)
  expect((await signIn(person(server), server)).text).toContain('is not invited')
  expect(await invited.accounts()).toEqual(ADAS)
})

test('nobody gets an account where signup is closed', async ({ port, provider }) => {
  await using closed = await serving({ port, issuer: provider.issuer }, 'closed')
  provider.seat('ada', ADA)
  const { text } = await signIn(person(closed.server), closed.server)
  expect(text).toContain('Nobody gets an account here by signing in')
  expect(await closed.accounts()).toEqual([])
})

test('an answer for another browser signs nobody in', async ({ port, provider }) => {
  using home = temporaryHome(settingsOf(provider.issuer, 'open'))
  await using server = await serveHttp(home, {}, { args: publicAt(port) })
  provider.seat('eve', { email: 'eve@example.com', email_verified: true })
  const eve = person(server)
  const { leaves } = await eve.open('/page/identity')
  const back = await person({ ...server, url: provider.issuer }).open(leaves)
  const victim = await person(server).open(back.leaves)
  expect(victim.text).toContain('began in another browser')
  expect((await eve.open(back.leaves)).text).toContain('Available Credits')
  expect((await eve.open(back.leaves)).text).toContain('Available Credits') // signed in before
  const other = person(server)
  await other.open('/page/identity')
  expect((await other.open(back.leaves)).text).toContain('did not confirm')
})
