import { describe, expect } from 'vitest'
import { money } from '../../src/money.ts'
import { OPENED, schnell, THREE_DAYS } from '../cli/support.ts'
import { ACCOUNT, book, temporaryHome } from '../support/app.ts'
import { issued, serveHttp, type HttpServer, type Json } from '../support/http.ts'
import { FILE, withServer } from '../support/with-server.ts'

const GRANT = 5_000_000

type Page = { transactions: Json[]; has_more: boolean; cursor: string | null }

const test = withServer()
  .extend('account', FILE, async ({ home }) => {
    await book(home, THREE_DAYS, OPENED)
    return ACCOUNT
  })
  .extend('key', FILE, async ({ home, account }) => {
    return (await issued(home, account, { scopes: ['credits:read'] })).key
  })
  .extend('page', ({ server, key }) => (query = '', by = key) => {
    return readPage(server, query, by)
  })

async function readPage(server: HttpServer, query: string, key: string): Promise<Page> {
  const { status, body } = await server.json(`/v1/usage/transactions${query}`, key)
  expect({ status, body }).toMatchObject({ status: 200 })
  return body as Page
}

describe('GET /v1/usage/transactions', () => {
  test('lists 20, newest first, without the fields that a top-up does not have', async ({
    page,
  }) => {
    const { transactions, has_more: hasMore, cursor } = await page()
    expect(transactions).toHaveLength(THREE_DAYS.length + 1)
    expect({ hasMore, cursor }).toEqual({ hasMore: false, cursor: null })
    expect(transactions[0]).toEqual({
      id: expect.any(String),
      type: 'generation',
      operation: 'generateImage',
      model: schnell.model,
      modality: 'image',
      cost: money(schnell.cost),
      billing: 'credits',
      status: 'completed',
      created_at: '2026-02-22T11:00:00.000Z',
    })
    expect(transactions.at(-1)).toEqual({
      id: expect.any(String),
      type: 'top_up',
      cost: money(-GRANT),
      billing: 'credits',
      status: 'completed',
      created_at: '2026-01-01T00:00:00.000Z',
    })
  })

  test('can be narrowed by type and modality', async ({ page }) => {
    const count = async (query: string) => (await page(query)).transactions.length
    expect(await count('?type=generation')).toBe(THREE_DAYS.length)
    expect(await count('?type=top_up')).toBe(1)
    expect(await count('?type=refund')).toBe(0)
    expect(await count('?modality=image')).toBe(THREE_DAYS.length)
    expect(await count('?modality=music')).toBe(0)
    expect(await count('?limit=1')).toBe(1)
    expect(await count('?limit=100')).toBe(THREE_DAYS.length + 1)
  })

  test('walked by its cursor misses nothing and repeats nothing while more arrive', async () => {
    using other = temporaryHome()
    const work = (count: number) =>
      Array.from({ length: count }, (_, place) => ({ ...schnell, at: OPENED + 1000 + place }))
    await book(other, work(45), OPENED)
    const { key: own } = await issued(other, ACCOUNT)
    await using there = await serveHttp(other)
    const list = async (cursor: string | null): Promise<Page> => {
      const next = cursor === null ? '' : `&cursor=${cursor}`
      const path = `/v1/usage/transactions?type=generation&limit=20${next}`
      return (await there.json(path, own)).body as Page
    }
    const pages = [await list(null)]
    await book(other, work(5), OPENED)
    for (let last = pages[0]; last?.has_more; last = pages.at(-1))
      pages.push(await list(last.cursor))
    expect(pages.map(({ transactions }) => transactions.length)).toEqual([20, 20, 5])
    expect(pages.at(-1)?.cursor).toBeNull()
    const ids = pages.flatMap(({ transactions }) => transactions.map(({ id }) => id))
    const numbered = (last: number, count: number) =>
      Array.from({ length: count }, (_, place) => `gen_${String(last - place).padStart(6, '0')}`)
    expect(ids).toEqual(numbered(45, 45))
    const anew = (await list(null)).transactions.map(({ id }) => id)
    expect(anew).toEqual(numbered(50, 20))
  })

  test("a cursor of another account shows nothing but the caller's own", async ({
    page,
    keyFor,
  }) => {
    const stranger = await keyFor('Mallory')
    const { cursor } = await page('?limit=1')
    const { transactions } = await page(`?cursor=${cursor}`, stranger.key)
    expect(transactions.every(({ type }) => type === 'top_up')).toBe(true)
    expect(transactions.length).toBeLessThanOrEqual(1)
  })
})
