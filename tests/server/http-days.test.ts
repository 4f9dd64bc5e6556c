import { afterAll, beforeAll, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { ACCOUNT, book, clockAt, temporaryHome, type Home, type Work } from '../support/app.ts'
import {
  connectPinned,
  issued,
  serveHttp,
  type HttpClient,
  type HttpServer,
  type Json,
} from '../support/http.ts'

const MODEL = 'fal-ai/flux/schnell'
const work = (at: string, cost: number): Work => ({ at: Date.parse(at), cost, model: MODEL })

/** The first and the last moment of February 2026, those beside them, and two on one day. */
const HISTORY = [
  work('2026-01-31T23:59:59.999Z', 1),
  work('2026-02-01T00:00:00.000Z', 3_000),
  work('2026-02-14T08:00:00.000Z', 4_000),
  work('2026-02-14T20:00:00.000Z', 7),
  work('2026-02-28T23:59:59.999Z', 50_000),
]
const IN_FEBRUARY = { count: 4, cost: 57_007 }
/** The last moment of February: in Tokyo it is March already, in Los Angeles the working day goes on. */
const NOW = Date.UTC(2026, 2, 1) - 1
const ZONES = ['UTC', 'Asia/Tokyo', 'America/Los_Angeles']

let home: Home
let key: string
const servers: HttpServer[] = []
const clients: HttpClient[] = []
beforeAll(async () => {
  home = temporaryHome({ INKWELL_MONTHLY_LIMIT_USD: '1' })
  await book(home, HISTORY, Date.UTC(2026, 0, 1))
  key = (await issued(home, ACCOUNT)).key
  const NODE_OPTIONS = clockAt(NOW).join(' ')
  servers.push(...(await Promise.all(ZONES.map((TZ) => serveHttp(home, { TZ, NODE_OPTIONS })))))
  clients.push(...(await Promise.all(servers.map((server) => connectPinned(server, key)))))
})
afterAll(async () => {
  for (const each of [...clients, ...servers]) await each[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

/** What a path answers, the same to the byte whatever the zone of the server. */
async function read(path: string): Promise<string> {
  const bodies = await Promise.all(
    servers.map(async (server) => {
      const answer = await server.get(path, key)
      expect({ path, status: answer.status }).toEqual({ path, status: 200 })
      return await answer.text()
    }),
  )
  expect(new Set(bodies)).toEqual(new Set([bodies[0]]))
  return bodies[0] ?? ''
}
const readJson = async (path: string) => JSON.parse(await read(path)) as Json

test('a month includes exactly its first to its last moment, in every time zone', async () => {
  const range = 'from=2026-02-01&to=2026-02-28'
  expect(await readJson(`/v1/usage?${range}`)).toMatchObject({
    from: '2026-02-01',
    to: '2026-02-28',
    total_cost: money(IN_FEBRUARY.cost),
    generation_count: IN_FEBRUARY.count,
    by_model: [{ model: MODEL, count: IN_FEBRUARY.count, cost: money(IN_FEBRUARY.cost) }],
  })
  const { days } = (await readJson(`/v1/usage/daily?${range}`)) as { days: Json[] }
  const spent = new Map([
    ['2026-02-01', { count: 1, cost: money(3_000) }],
    ['2026-02-14', { count: 2, cost: money(4_007) }],
    ['2026-02-28', { count: 1, cost: money(50_000) }],
  ])
  const nothing = { count: 0, cost: money(0) }
  const february = Array.from(
    { length: 28 },
    (_, day) => `2026-02-${String(day + 1).padStart(2, '0')}`,
  )
  expect(days).toEqual(february.map((date) => ({ date, ...(spent.get(date) ?? nothing) })))
  const rows = (await read(`/v1/usage/export?${range}`)).trim().split('\r\n').slice(1)
  expect(rows.map((row) => row.slice(-24))).toEqual(
    HISTORY.slice(1)
      .map(({ at }) => new Date(at).toISOString())
      .toReversed(),
  )
})

test.each([
  ['2026-02-28', '2026-02-28', 50_000],
  ['2026-02-27', '2026-02-27', 0],
  ['2026-03-01', '2026-03-01', 0],
  ['2026-01-31', '2026-02-01', 3_001],
])('from %s to %s, both inclusive, %d micro-dollars were spent', async (from, to, cost) => {
  expect(await readJson(`/v1/usage?from=${from}&to=${to}`)).toMatchObject({
    total_cost: money(cost),
  })
})

test('current usage belongs to the UTC day and month, in every time zone', async () => {
  expect(await readJson('/v1/credits')).toMatchObject({
    caps: { account: { used: money(IN_FEBRUARY.cost) } },
  })
  expect(await readJson('/billing/usage')).toMatchObject({ data: { usage_this_month: 0.057007 } })
  await read('/v1/usage/transactions?limit=100')
  const results = await Promise.all(
    clients.map((client) => client.call('checkUsage', { days: 28, daily: true })),
  )
  // The view inside a chat is told the address of its own server.
  const withoutAddress = results.map((result, place) =>
    JSON.stringify(result).replaceAll(servers[place]?.url ?? '', ''),
  )
  expect(new Set(withoutAddress)).toEqual(new Set([withoutAddress[0]]))
  expect(results[0]?.structuredContent).toMatchObject({
    day: { used: money(50_000), resetsAt: '2026-03-01T00:00:00.000Z' },
    month: { used: money(IN_FEBRUARY.cost), resetsAt: '2026-03-01T00:00:00.000Z' },
    usage: {
      from: '2026-02-01',
      to: '2026-02-28',
      totalCost: money(IN_FEBRUARY.cost),
      generationCount: IN_FEBRUARY.count,
      daily: { length: 28 },
    },
  })
})
