import { describe, expect } from 'vitest'
import { revokeKey } from '../../src/accounts/keys.ts'
import { SCOPES } from '../../src/accounts/scopes.ts'
import { findDifference } from '../../src/verify.ts'
import { money } from '../../src/money.ts'
import { temporaryHome, type Settings } from '../support/app.ts'
import {
  bearer,
  connectHttp1,
  connectPinned,
  issued,
  openedAccount,
  serveHttp,
  type HttpClient,
  type Issued,
} from '../support/http.ts'
import { operationsOf, type Document } from '../support/fuzz/rest.ts'
import { expectSpent } from '../support/reports.ts'
import { FILE, withServer } from '../support/with-server.ts'
import { answerOf, cheap, errorOf, small } from '../tools/support.ts'

const [SMALL, CHEAP] = [50_000, 3_000]
const LIMIT = SMALL + CHEAP

const test = withServer({ INKWELL_MAX_USD_PER_RUN: '1' })
  .extend('ada', FILE, ({ keyFor }) => keyFor('Ada', { scopes: [...SCOPES] }))
  .extend('bob', FILE, ({ keyFor }) => keyFor('Bob', { scopes: [...SCOPES] }))

describe('of two agents with a key and a session each', () => {
  test.each([
    { cap: 'the session budget', env: { INKWELL_MAX_USD_PER_RUN: '0.053' }, code: 'session' },
    { cap: 'the session cap of its key', caps: { session: LIMIT }, code: 'session' },
    { cap: 'the day cap of its key', caps: { day: LIMIT }, code: 'key' },
    { cap: 'the month cap of its key', caps: { month: LIMIT }, code: 'key' },
    { cap: 'the total cap of its key', caps: { total: LIMIT }, code: 'key' },
  ])('one is stopped by $cap and the other goes on', async ({ env, caps, code }) => {
    await withAgents({ env, caps }, async (first, second, prove) => {
      const { code: refused, limit } = errorOf(await first.call('generateImage', cheap))
      expect({ refused, limit }).toEqual({
        refused: `${code}_budget_exceeded`,
        limit: money(LIMIT),
      })
      const told = await first.call('generateImage', { ...cheap, quoteOnly: true })
      expect(answerOf(told)).toMatchObject({
        bindingLimit: { scope: code, limit: { micro: LIMIT }, remaining: { micro: 0 } },
      })
      expect(told.content[0]?.text).toContain(`$0.00 of ${money(LIMIT).display} left`)
      answerOf(await second.call('generateImage', cheap))
      await prove({ count: 3, cost: LIMIT + CHEAP })
    })
  })

  test.each([
    {
      cap: 'daily budget',
      env: { INKWELL_MAX_USD_PER_DAY: '0.053' },
      code: 'daily_budget_exceeded',
      scope: 'day',
    },
    {
      cap: 'monthly limit',
      env: { INKWELL_MONTHLY_LIMIT_USD: '0.053' },
      code: 'monthly_limit_exceeded',
      scope: 'month',
    },
  ])('both are stopped by the $cap of their account', async ({ env, code, scope }) => {
    await withAgents({ env }, async (first, second, prove) => {
      for (const client of [first, second])
        expect(errorOf(await client.call('generateImage', cheap))).toMatchObject({
          code,
          limit: money(LIMIT),
          spent: money(LIMIT),
          required: money(CHEAP),
        })
      const told = await first.call('generateImage', { ...cheap, quoteOnly: true })
      expect(answerOf(told)).toMatchObject({ bindingLimit: { scope } })
      await prove({ count: 2, cost: LIMIT })
    })
  })
})

type Limits = { env?: Settings | undefined; caps?: Partial<Issued['caps']> | undefined }
type Spent = Parameters<typeof expectSpent>[2]

/** Two agents of one account, of which the first has just spent `LIMIT`; `prove` compares every report of both. */
async function withAgents(
  { env = {}, caps = {} }: Limits,
  body: (
    first: HttpClient,
    second: HttpClient,
    prove: (spent: Spent) => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  using home = temporaryHome(env)
  const account = await openedAccount(home, 'Ada')
  const [one, two] = [await issued(home, account, { caps }), await issued(home, account, { caps })]
  await using server = await serveHttp(home)
  await using first = await connectHttp1(server, one.key)
  await using second = await connectPinned(server, two.key)
  answerOf(await first.call('generateImage', small))
  answerOf(await first.call('generateImage', cheap))
  await body(first, second, async (spent) => {
    await expectSpent(server, one.key, spent, [first])
    await expectSpent(server, two.key, spent, [second])
  })
  expect(await home.withLedger((db) => db.read(findDifference))).toBeNull()
}

describe('between accounts', () => {
  test('no id of one account works in another: generation, file, session or key', async ({
    server,
    ada,
    bob,
  }) => {
    await using hers = await connectHttp1(server, ada.key)
    await using his = await connectPinned(server, bob.key)
    const made = answerOf(await hers.call('generateImage', small)) as {
      id: string
      outputs: [{ assetId: string; uri: string }]
      session: { id: string }
    }
    const [{ assetId, uri }] = made.outputs
    for (const path of [
      `/v1/generations/${made.id}`,
      `/v1/assets/${assetId}`,
      `/v1/assets/${made.id}`,
    ]) {
      expect((await server.get(path, ada.key)).status).toBe(200)
      expect((await server.get(path, bob.key)).status).toBe(404)
    }
    await expect(his.read(uri)).rejects.toThrow(/no file with this id/)
    for (const [name, args] of [
      ['getGeneration', { id: made.id }],
      ['viewImage', { id: made.id }],
      ['viewImage', { id: assetId }],
      ['editImage', { prompt: 'grayscale', image: assetId }],
      ['upscale', { image: made.id }],
    ] as const)
      expect(errorOf(await his.call(name, args)).code).toBe('not_found')
    const today = new Date().toISOString().slice(0, 10)
    const usage = `/v1/usage?from=2026-01-01&to=${today}&key_id=${ada.id}`
    expect((await server.json(usage, bob.key)).body).toMatchObject({
      total_cost: money(0),
      generation_count: 0,
    })
    const session = { 'inkwell-session': made.session.id }
    const usedIn = async (key: string) => (await server.json('/v1/credits', key, session)).body
    expect(await usedIn(ada.key)).toMatchObject({ caps: { session: { used: money(SMALL) } } })
    expect(await usedIn(bob.key)).toMatchObject({ caps: { session: { used: money(0) } } })
    await expectSpent(server, bob.key, { count: 0, cost: 0 }, [his])
  })

  test('a revoked key is refused on the very next request of every route', async ({
    home,
    server,
    keyFor,
  }) => {
    const { key, id } = await keyFor('Eve', { scopes: [...SCOPES] })
    await using session = await connectHttp1(server, key)
    await using sessionless = await connectPinned(server, key)
    const { body } = await server.json('/openapi.json')
    const routes = operationsOf(body as Document)
      .filter(({ needsKey, path }) => needsKey && !path.startsWith('/admin/')) // with other keys
      .map(({ method, path }) => ({ method, path: path.replaceAll(/\{\w+\}/g, 'unknown') }))
    const mcp = ['GET', 'DELETE'].map((method) => ({ method, path: '/mcp' }))
    const statuses = () =>
      Promise.all(
        [...routes, ...mcp].map(async ({ method, path }) => {
          const { status } = await fetch(`${server.url}${path}`, { method, headers: bearer(key) })
          return { method, path, isRefused: status === 401 }
        }),
      )
    expect(routes.length).toBeGreaterThan(9)
    expect((await statuses()).filter(({ isRefused }) => isRefused)).toEqual([])
    await home.withLedger((db) => db.write(() => revokeKey({ id }, Date.now())))
    expect((await statuses()).filter(({ isRefused }) => !isRefused)).toEqual([])
    for (const client of [session, sessionless]) {
      await expect(client.call('generateImage', cheap)).rejects.toThrow(/No valid API key/)
      await expect(client.read('inkwell://pricing')).rejects.toThrow(/No valid API key/)
      await expect(client.tools()).rejects.toThrow(/No valid API key/)
    }
  })
})
