import { expect } from 'vitest'
import { bearer } from '../support/http.ts'
import { withServer } from '../support/with-server.ts'

const test = withServer()

test.for([
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/mcp',
  '/.well-known/openid-configuration',
  '/mcp/.well-known/openid-configuration',
  '/oauth/authorize',
  '/register',
  '/authorize',
  '/token',
])('%s says that this server takes API keys', async (path, { server }) => {
  for (const method of ['GET', 'POST']) {
    const answer = await fetch(`${server.url}${path}`, { method })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      error: { code: 'not_found', hint: expect.stringContaining('Bearer ink_') },
      message: expect.stringContaining('takes API keys'),
    })
  }
})

test.for(['/mcp', '/v1/credits'])('%s tells how to sign in', async (path, { server }) => {
  const suffix = path === '/mcp' ? path : ''
  const metadata = `resource_metadata="${server.url}/.well-known/oauth-protected-resource${suffix}"`
  const challenge = async (headers: Record<string, string>) => {
    const answer = await fetch(`${server.url}${path}`, { headers })
    return [answer.status, answer.headers.get('www-authenticate')]
  }
  expect(await challenge({})).toEqual([401, `Bearer ${metadata}`])
  for (const headers of [bearer('ink_no'), bearer('a'.repeat(43)), { 'x-access-token': 'no' }])
    expect(await challenge(headers)).toEqual([401, `Bearer error="invalid_token", ${metadata}`])
})

test('a missing scope is named with those of the key', async ({ server, keyFor }) => {
  const { key } = await keyFor('Reader', { scopes: ['generate', 'assets:read'] })
  const answer = await server.get('/v1/credits', key)
  expect(answer.status).toBe(403)
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer error="insufficient_scope", scope="generate credits:read assets:read", resource_metadata="${server.url}/.well-known/oauth-protected-resource"`,
  )
})
