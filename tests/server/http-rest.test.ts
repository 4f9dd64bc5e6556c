import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { OPENED, THREE_DAYS } from '../cli/support.ts'
import { ACCOUNT, book, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import {
  connectPinned,
  issued,
  openedAccount,
  serveHttp,
  type HttpServer,
  type Issued,
  type Json,
} from '../support/http.ts'
import { answerOf, small } from '../tools/support.ts'

const GRANT = 5_000_000
const SPENT = 90_000
const RANGE = 'from=2026-02-20&to=2026-02-22'
type Counted = { count: number; cost: { micro: number } }

let home: Home
let server: HttpServer
let key: Issued
beforeTests(async (keep) => {
  home = keep(temporaryHome({ INKWELL_MONTHLY_LIMIT_USD: '3' }))
  await book(home, THREE_DAYS, OPENED)
  key = await issued(home, ACCOUNT, { scopes: ['credits:read', 'assets:read', 'generate'] })
  server = keep(await serveHttp(home))
})

async function read(path: string, by = key.key): Promise<Json> {
  const { status, body } = await server.json(path, by)
  expect({ status, body }).toMatchObject({ status: 200 })
  return body
}

describe('GET /v1/usage', () => {
  test("has FairStack's shape, and its parts add up to the total", async () => {
    const usage = await read(`/v1/usage?${RANGE}`)
    expect(Object.keys(usage)).toEqual([
      'from',
      'to',
      'total_cost',
      'generation_count',
      'by_modality',
      'by_model',
    ])
    expect(usage).toMatchObject({
      from: '2026-02-20',
      to: '2026-02-22',
      total_cost: money(SPENT),
      generation_count: THREE_DAYS.length,
      by_modality: [
        { modality: 'image', count: THREE_DAYS.length, cost: money(SPENT) },
        { modality: 'video', count: 0, cost: money(0) },
        { modality: 'voice', count: 0, cost: money(0) },
        { modality: 'music', count: 0, cost: money(0) },
      ],
    })
    const models = usage.by_model as Counted[]
    const costs = models.map(({ cost }) => cost.micro)
    expect(costs).toEqual(costs.toSorted((a, b) => b - a))
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(SPENT)
    expect(models.reduce((sum, { count }) => sum + count, 0)).toBe(THREE_DAYS.length)
  })

  test('of a key of another account, or of an unknown key, is all zeros', async () => {
    const stranger = await issued(home, await openedAccount(home, 'Bob'))
    for (const id of [stranger.id, 'key_unknown', key.id]) {
      expect(await read(`/v1/usage?${RANGE}&key_id=${id}`)).toMatchObject({
        total_cost: money(0),
        generation_count: 0,
        by_model: [],
        by_modality: { length: 4 },
      })
    }
    expect(await read(`/v1/usage?${RANGE}`, stranger.key)).toMatchObject({ generation_count: 0 })
  })

  test('of a key is what that key spent', async () => {
    const account = await openedAccount(home, 'Eve')
    const [one, two] = [await issued(home, account), await issued(home, account)]
    await using client = await connectPinned(server, one.key)
    answerOf(await client.call('generateImage', small))
    const today = new Date().toISOString().slice(0, 10)
    const of = (id: string) => read(`/v1/usage?from=${today}&to=${today}&key_id=${id}`, two.key)
    expect(await of(one.id)).toMatchObject({ total_cost: money(50_000), generation_count: 1 })
    expect(await of(two.id)).toMatchObject({ total_cost: money(0), generation_count: 0 })
  })
})

test('GET /v1/usage/daily has every day, oldest first, and zeros where nothing was made', async () => {
  const day = (date: string, count: number, cost: number) => ({ date, count, cost: money(cost) })
  expect(await read('/v1/usage/daily?from=2026-02-19&to=2026-02-23')).toEqual({
    days: [
      day('2026-02-19', 0, 0),
      day('2026-02-20', 2, 6_000),
      day('2026-02-21', 8, 53_000),
      day('2026-02-22', 5, 31_000),
      day('2026-02-23', 0, 0),
    ],
  })
  const { days } = await read('/v1/usage/daily?from=2024-01-01&to=2024-12-31')
  expect(days).toHaveLength(366)
})

test('GET /v1/usage/export is every transaction of the range as CSV', async () => {
  const answer = await server.get(`/v1/usage/export?${RANGE}&format=csv`, key.key)
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(answer.headers.get('content-disposition')).toContain('attachment; filename=')
  const lines = (await answer.text()).split('\r\n')
  expect(lines.pop()).toBe('')
  const [head, ...rows] = lines
  const column = head?.split(',').indexOf('cost_micro') ?? -1
  expect(rows).toHaveLength(THREE_DAYS.length)
  expect(rows.reduce((sum, row) => sum + Number(row.split(',')[column]), 0)).toBe(SPENT)
})

test('GET /v1/credits tells the balance, what is held, and the caps or null', async () => {
  expect(await read('/v1/credits')).toEqual({
    balance: money(GRANT - SPENT),
    held: money(0),
    caps: {
      account: { limit: money(3_000_000), used: money(0), remaining: money(3_000_000) },
      key: null,
      session: null,
    },
  })
  const caps = { session: 200_000, day: 1_000_000, total: 100_000 }
  const capped = await issued(home, await openedAccount(home, 'Carl'), { caps })
  await using client = await connectPinned(server, capped.key)
  answerOf(await client.call('generateImage', small))
  expect(await read('/v1/credits', capped.key)).toMatchObject({
    balance: money(GRANT - 50_000),
    caps: {
      key: { limit: money(100_000), used: money(50_000), remaining: money(50_000) },
      session: { limit: money(200_000), used: money(50_000), remaining: money(150_000) },
    },
  })
})

test("GET /billing/usage and /billing/invoices have VideoDB's shape", async () => {
  const buyer = await issued(home, await openedAccount(home, 'Dora'))
  await using client = await connectPinned(server, buyer.key)
  answerOf(await client.call('generateImage', small))
  expect(await read('/billing/usage', buyer.key)).toEqual({
    success: true,
    data: {
      credit_balance: 4.95,
      usage_this_month: 0.05,
      breakdown: { generateImage: 0.05 },
      total_credits_used: 0.05,
      monthly_limit: 3,
      credits_remaining: 2.95,
    },
  })
  const none = { success: true, data: [] }
  expect(await read('/billing/invoices', buyer.key)).toEqual(none)
  expect(await read('/billing/invoices?limit=100&offset=0', buyer.key)).toEqual(none)
})

test('a generation and its file are readable by id, by their own account only', async () => {
  const { key: own } = await issued(home, await openedAccount(home, 'Fay'))
  await using client = await connectPinned(server, own)
  const made = answerOf(await client.call('generateImage', small)) as {
    id: string
    outputs: [{ assetId: string; sha256: string; mimeType: string; bytes: number }]
  }
  const generation = await read(`/v1/generations/${made.id}`, own)
  expect(generation).toMatchObject({ id: made.id, status: 'completed', outputs: made.outputs })
  expect(JSON.stringify(generation)).not.toContain(home.path)
  const [{ assetId, sha256, mimeType, bytes }] = made.outputs
  const file = await server.get(`/v1/assets/${assetId}`, own)
  expect(Object.fromEntries(file.headers)).toMatchObject({
    'content-type': mimeType,
    'content-length': String(bytes),
    'x-content-type-options': 'nosniff',
  })
  const read1 = Buffer.from(await file.arrayBuffer())
  expect(createHash('sha256').update(read1).digest('hex')).toBe(sha256)
  for (const path of [`/v1/generations/${made.id}`, `/v1/assets/${assetId}`]) {
    const { status, body } = await server.json(path, key.key)
    expect(body).toMatchObject({ success: false, error: { code: 'not_found', status: 404 } })
    expect(status).toBe(404)
  }
})
