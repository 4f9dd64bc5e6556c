import { expect } from 'vitest'
import { serveHttp, type Json } from '../support/http.ts'
import {
  authorizeUrl,
  csrfIn,
  exchange,
  person,
  publicAt,
  refreshed,
  register,
  TERMS,
  tokens,
  withConnectors,
} from '../support/connectors.ts'

const test = withConnectors()

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
