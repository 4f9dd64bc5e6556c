import { expect } from 'vitest'
import { serveHttp } from '../support/http.ts'
import { FILE, keep, withServer } from '../support/with-server.ts'

const PUBLIC = 'https://images.example.com'

/** A server behind a proxy that asks for it by the name of the machine, as nginx does unless told otherwise. */
const test = withServer().extend('server', FILE, async ({ home }, fixture) =>
  keep(await serveHttp(home, {}, { args: ['--port', '0', '--public-url', PUBLIC] }), fixture),
)

test.for([{}, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' }])(
  'the addresses of a sign-in are public ones, whatever a request has in %j',
  async (headers, { server }) => {
    const path = '/.well-known/oauth-authorization-server'
    const answer = await fetch(`${server.url}${path}`, { headers })
    const metadata = (await answer.json()) as Record<string, unknown>
    const addresses = Object.values(metadata).filter((value) => String(value).startsWith('http'))
    expect(addresses.length).toBeGreaterThan(5)
    for (const address of addresses) expect(new URL(String(address)).origin).toBe(PUBLIC)
  },
)
