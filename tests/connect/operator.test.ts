import { expect } from 'vitest'
import { adminKey, ask } from '../support/admin.ts'
import { connected, refreshed, withConnectors } from '../support/connectors.ts'
import { bearer, connectPinned, INITIALIZE, MCP_HEADERS, type Json } from '../support/http.ts'
import { FILE } from '../support/with-server.ts'
import { answerOf, errorOf, small } from '../tools/support.ts'

/** What an operator does, and what a client that is at work sees of it at once. */
const test = withConnectors()
  .extend('admin', FILE, async ({ home }) => (await adminKey(home, 'read,money')).key)
  .extend('act', FILE, ({ server, admin }) => async (method: string, path: string, body?: Json) => {
    const answer = await ask(server, admin, [method, path, body])
    if (answer.status !== 200) throw new Error(JSON.stringify(answer))
    return answer.body
  })
  /** A host that a person of a new account let in, at work. */
  .extend('host', ({ server, keyFor, act }) => async (terms: Record<string, string> = {}) => {
    const signer = await keyFor('Owner')
    const { clientId, tokens } = await connected(server, signer.key, terms)
    const { keys } = await act('GET', `/keys?account_id=${signer.accountId}`)
    const connection = (keys as Json[]).find(({ kind }) => kind === 'connection') ?? {}
    return {
      accountId: signer.accountId,
      signer: signer.id,
      connection,
      path: `/keys/${String(connection['id'])}`,
      open: () => connectPinned(server, tokens.access_token),
      /** What its next request is answered, as hosts read it. */
      answer: async () => {
        const answer = await fetch(`${server.url}/mcp`, {
          method: 'POST',
          headers: { ...bearer(tokens.access_token), ...MCP_HEADERS },
          body: JSON.stringify(INITIALIZE),
        })
        await answer.body?.cancel()
        return [answer.status, answer.headers.get('www-authenticate')]
      },
      refresh: async () => (await refreshed(server, clientId, tokens)).body['error'],
    }
  })
  /** The answer to a token that has died. */
  .extend('dead', FILE, ({ server }) => [
    401,
    `Bearer error="invalid_token", resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp"`,
  ])

test('the admin API lists a connection with its client, changes it and ends it', async ({
  host,
  act,
  dead,
}) => {
  const { connection, path, open, answer, refresh } = await host({ day: '1' })
  expect(connection).toMatchObject({
    name: 'Test host',
    prefix: '',
    client: { sends_to: 'a program on your computer' },
    caps: { day: { display: '$1.00' }, total: null },
    status: 'live',
    spent: { micro: 0 },
  })
  await using client = await open()
  expect(answerOf(await client.call('generateImage', small))).toMatchObject({ status: 'completed' })
  await act('PATCH', path, { max_usd_per_day: '0' })
  expect(errorOf(await client.call('generateImage', { ...small, seed: 2 }))).toMatchObject({
    code: 'key_budget_exceeded',
    scope: 'key',
  })
  await expect(act('POST', `${path}/rotate`, {})).rejects.toThrow('invalid_input')
  await act('POST', `${path}/revoke`)
  await expect(client.call('checkUsage')).rejects.toThrow(/unauthorized|API key/i)
  expect(await answer()).toEqual(dead)
  expect(await refresh()).toBe('invalid_grant')
})

test('a suspended account reads through its connections and pays nothing; closed, they are dead', async ({
  host,
  act,
  dead,
}) => {
  const { accountId, open, answer, refresh } = await host()
  await using client = await open()
  await act('POST', `/accounts/${accountId}/suspend`, { reason: 'abuse' })
  const refused = errorOf(await client.call('generateImage', small))
  expect(refused).toMatchObject({ code: 'forbidden', message: expect.stringContaining('abuse') })
  expect((await client.call('checkUsage')).isError).toBeFalsy()
  await act('POST', `/accounts/${accountId}/resume`, {})
  expect(answerOf(await client.call('generateImage', small))).toMatchObject({ status: 'completed' })
  await act('POST', `/accounts/${accountId}/close`, {})
  await expect(client.call('checkUsage')).rejects.toThrow(/unauthorized|API key/i)
  expect(await answer()).toEqual(dead)
  expect(await refresh()).toBe('invalid_grant')
})

test('the cap of a group holds the connections of its keys', async ({ host, act }) => {
  const { accountId, path, open } = await host()
  await using client = await open()
  const terms = { account_id: accountId, name: 'hosts', max_usd_total: '0.05' }
  const { id: group_id } = await act('POST', '/groups', terms)
  await act('PATCH', path, { group_id })
  expect(answerOf(await client.call('generateImage', small))).toMatchObject({ status: 'completed' })
  expect(errorOf(await client.call('generateImage', { ...small, seed: 2 }))).toMatchObject({
    code: 'key_budget_exceeded',
    scope: 'group',
  })
})

test('a connection is dead with the key that signed in, if the person said so', async ({
  host,
  act,
  dead,
}) => {
  const { signer, open, answer, refresh } = await host({ with_key: 'yes' })
  await using client = await open()
  expect((await client.call('checkUsage')).isError).toBeFalsy()
  await act('POST', `/keys/${signer}/revoke`)
  await expect(client.call('checkUsage')).rejects.toThrow(/unauthorized|API key/i)
  expect(await answer()).toEqual(dead)
  expect(await refresh()).toBe('invalid_grant')
})
