import { expect } from 'vitest'
import { adminKey, ask } from '../support/admin.ts'
import { examine, inkwell } from '../support/app.ts'
import { bearer, connectPinned, type Json } from '../support/http.ts'
import { withServer } from '../support/with-server.ts'
import { answerOf, errorOf, small } from '../tools/support.ts'

const test = withServer()

test('an account is opened, credited, given a grouped key, suspended and closed, each act once and on record', async ({
  home,
  server,
}) => {
  const admin = await adminKey(home, 'read,money')
  const post = async (path: string, body: object, headers = {}) =>
    await ask(server, admin.key, ['POST', path, body, headers])
  const { body: account } = await post('/accounts', { name: 'Studio', max_usd_per_call: '0.5' })
  expect(account).toMatchObject({ state: 'open', max_usd_per_call: { micro: 500_000 } })
  const at = `/accounts/${String(account['id'])}`
  const credit = { amount_usd: 2.5, reason: 'promotion' }
  const once = { 'idempotency-key': 'march' }
  for (const replayed of [false, true])
    expect(await post(`${at}/credits`, credit, once)).toMatchObject({
      status: 200,
      body: { by: admin.id, amount: { display: '$2.50' }, reason: 'promotion', replayed },
    })
  const other = await post(`${at}/credits`, { ...credit, amount_usd: '3.00' }, once)
  expect(other.status).toBe(409)
  expect((await post(`${at}/credits`, { ...credit, amount_usd: '-99' })).status).toBe(402)
  const account_id = account['id']
  const { body: group } = await post('/groups', { account_id, name: 'design', max_usd_total: '0' })
  const { body: key } = await post('/keys', { account_id, group_id: group['id'] })
  await using client = await connectPinned(server, String(key['key']))
  expect(errorOf(await client.call('generateImage', small))).toMatchObject({
    code: 'key_budget_exceeded',
    scope: 'group',
  })
  const path = `/groups/${String(group['id'])}`
  await ask(server, admin.key, ['PATCH', path, { max_usd_total: null }])
  const { id } = answerOf(await client.call('generateImage', small)) as { id: string }
  const refund = { generation_id: id, reason: 'blurred' }
  for (const replayed of [false, true])
    expect((await post(`${at}/refunds`, refund)).body).toMatchObject({ replayed })
  expect((await post(`${at}/suspend`, { reason: 'abuse' })).body).toMatchObject({
    state: 'suspended',
    suspension: { reason: 'abuse' },
  })
  expect(errorOf(await client.call('generateImage', small)).message).toContain('abuse')
  const resumed = await fetch(`${server.url}/admin/v1${at}/resume`, {
    method: 'POST', // its reason may be left out, and so may its body
    headers: bearer(admin.key),
  })
  expect(await resumed.json()).toMatchObject({ state: 'open' })
  const rotated = await post(`/keys/${String(key['id'])}/rotate`, { grace_seconds: 0 })
  expect(rotated.status).toBe(200)
  expect((await server.get('/v1/credits', String(key['key']))).status).toBe(401)
  expect((await server.get('/v1/credits', String(rotated.body['key']))).status).toBe(200)
  expect((await post(`${at}/close`, {})).body).toMatchObject({ state: 'closed', keys: 0 })
  const read = async (route: string) => (await ask(server, admin.key, ['GET', route])).body
  expect(await read(at)).toMatchObject({ balance: { display: '$7.50' } })
  const { audit } = (await read(`/audit?account_id=${String(account_id)}&limit=100`)) as {
    audit: { action: string; by: string }[]
  }
  expect(new Set(audit.map(({ by }) => by))).toEqual(new Set([admin.id]))
  expect(audit.map(({ action }) => action).toSorted()).toEqual(
    [
      ...['create', 'credit', 'suspend', 'resume', 'close'].map((act) => `accounts.${act}`),
      'groups.create',
      'groups.update',
      'keys.create',
      'keys.rotate',
      'ledger.refund',
    ].toSorted(),
  )
  expect((await read('/accounts?limit=1'))['has_more']).toBe(true)
  expect((await read('/keys'))['keys']).toMatchObject([{ status: 'revoked' }])
  expect(await read('/margin?from=2026-01-01&to=2026-01-31')).toMatchObject({ rows: [] })
  expect((await examine(home)).difference).toBeNull()
})

test('only a live admin key with the scope opens the admin API, and it opens nothing else', async ({
  home,
  server,
  key,
}) => {
  const reader = await adminKey(home, 'read')
  const status = async (secret: string, method = 'GET') => {
    const body = method === 'GET' ? undefined : { name: 'x' }
    return (await ask(server, secret, [method, '/accounts', body])).status
  }
  expect(await status(reader.key)).toBe(200)
  expect(await status(reader.key, 'POST')).toBe(403)
  for (const wrong of ['', key, `${reader.key.slice(0, -1)}x`])
    expect(await status(wrong)).toBe(401)
  expect((await server.get('/v1/credits', reader.key)).status).toBe(401)
  for (const [path, code] of [
    ['/accounts?limit=0', 400],
    ['/accounts/acct_unknown', 404],
    ['/margin?from=x&to=y', 400],
  ] as const)
    expect((await ask(server, reader.key, ['GET', path])).status).toBe(code)
  await inkwell(home, ['admin', 'keys', 'revoke', reader.id])
  expect(await status(reader.key)).toBe(401)
  const { stdout } = await inkwell(home, ['admin', 'keys', 'list'])
  expect(stdout).toContain('revoked')
  expect(stdout).not.toContain(reader.key)
})

test('alerts are listed, newest first and page by page, of one account and of one kind', async ({
  home,
  server,
}) => {
  const admin = await adminKey(home, 'read,money')
  const read = async (query: string) => {
    const { body, status } = await ask(server, admin.key, ['GET', `/alerts?${query}`])
    expect(status).toBe(200)
    return body as { alerts: Json[]; has_more: boolean; cursor: string | null }
  }
  const { body: account } = await ask(server, admin.key, ['POST', '/accounts', { name: 'Low' }])
  const account_id = String(account['id'])
  const terms = { account_id, max_usd_total: '0.06' }
  const { body: key } = await ask(server, admin.key, ['POST', '/keys', terms])
  await using client = await connectPinned(server, String(key['key']))
  await client.call('generateImage', small)
  const taken = { amount_usd: '-4.00', reason: 'test' }
  await ask(server, admin.key, ['POST', `/accounts/${account_id}/credits`, taken])
  const first = await read(`account_id=${account_id}&limit=1`)
  expect(first).toMatchObject({
    has_more: true,
    alerts: [
      { kind: 'balance.low', text: `Account ${account_id}: $0.95 is left, less than $1.00.` },
    ],
  })
  const second = await read(`account_id=${account_id}&limit=1&cursor=${first.cursor}`)
  expect(second).toEqual({
    has_more: false,
    cursor: null,
    alerts: [
      {
        id: expect.stringMatching(/^alert_/),
        at: expect.stringMatching(/Z$/),
        kind: 'budget.threshold',
        account: account_id,
        subject: `key_total:${String(key['id'])}`,
        threshold: 80,
        period: null,
        text: `Account ${account_id}: 80% of the total cap of key ${String(key['id'])} is reached. $0.05 of $0.06 is spent or held.`,
        state: 'waiting',
        tries: 0,
        delivered_at: null,
        answer: null,
        webhook: null,
      },
    ],
  })
  expect((await read('kind=balance.low')).alerts).toHaveLength(1)
  expect((await read('account_id=acct_unknown')).alerts).toEqual([])
  expect((await ask(server, admin.key, ['GET', '/alerts?kind=x'])).status).toBe(400)
})

test('keys and groups are listed page by page', async ({ home, server }) => {
  const admin = await adminKey(home, 'read,money')
  const { body: account } = await ask(server, admin.key, ['POST', '/accounts', { name: 'Many' }])
  const account_id = account['id']
  for (const name of ['a', 'b', 'c'])
    for (const path of ['/groups', '/keys'])
      await ask(server, admin.key, ['POST', path, { account_id, name }])
  for (const list of ['groups', 'keys'] as const) {
    const names: unknown[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query = `account_id=${String(account_id)}&limit=2&cursor=${cursor}`
      const { body } = await ask(server, admin.key, ['GET', `/${list}?${query}`])
      names.push((body[list] as Json[]).map(({ name }) => name))
      expect(body['has_more']).toBe(body['cursor'] !== null)
      cursor = body['cursor'] as string | null
    }
    expect(names).toEqual([['a', 'b'], ['c']])
  }
})
