import { expect } from 'vitest'
import { money } from '../../src/money.ts'
import type { HttpClient, HttpServer, Json } from './http.ts'

const GRANT = 5_000_000
const DAY_MS = 86_400_000

type Counted = { count: number; cost: { micro: number } }
type Transaction = { id: string; type: string; cost: { micro: number } }
type Page = { transactions: Transaction[]; cursor: string | null }
type Sum = { count: number; cost: number }

/** Yesterday to tomorrow, so that no midnight comes between a call and its report. */
const range = (): string =>
  [-1, 1]
    .map((days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10))
    .map((day, place) => `${place === 0 ? 'from' : 'to'}=${day}`)
    .join('&')

/** Proves that every report of an account says the same to the micro-dollar: it made this many generations for so much. */
export async function expectSpent(
  server: HttpServer,
  key: string,
  spent: Sum,
  clients: readonly HttpClient[] = [],
): Promise<void> {
  const read = async (path: string) => {
    const { status, body } = await server.json(path, key)
    expect({ path, status, body }).toMatchObject({ status: 200 })
    return body
  }
  const usage = await read(`/v1/usage?${range()}`)
  const total = { count: usage.generation_count, cost: usage.total_cost }
  expect(total).toEqual({ count: spent.count, cost: money(spent.cost) })
  expect(sum(usage.by_model)).toEqual(spent)
  expect(sum(usage.by_modality)).toEqual(spent)
  expect(sum((await read(`/v1/usage/daily?${range()}`)).days)).toEqual(spent)

  const transactions = await allTransactions(read)
  const generations = transactions.filter(({ type }) => type === 'generation')
  expect(sum(generations.map(({ cost }) => ({ count: 1, cost })))).toEqual(spent)
  expect(transactions.reduce((left, { cost }) => left - cost.micro, 0)).toBe(GRANT - spent.cost)

  const available = money(GRANT - spent.cost)
  expect(await read('/v1/credits')).toMatchObject({ balance: available, held: money(0) })
  expect(await read('/billing/usage')).toMatchObject({
    data: { credit_balance: available.micro / 1e6, total_credits_used: spent.cost / 1e6 },
  })
  for (const client of clients) {
    const { structuredContent } = await client.call('checkUsage', { daily: true })
    expect(structuredContent).toMatchObject({
      balance: { available, held: money(0), total: available },
      usage: { totalCost: money(spent.cost), generationCount: spent.count },
      month: { used: money(spent.cost) },
      totalCreditsUsed: spent.cost / 1e6,
    })
    const { usage: report } = structuredContent as { usage: Json }
    const { byModel, byModality, byOperation, daily } = report
    for (const parts of [byModel, byModality, byOperation, daily]) expect(sum(parts)).toEqual(spent)
  }
}

async function allTransactions(read: (path: string) => Promise<Json>): Promise<Transaction[]> {
  const all: Transaction[] = []
  for (let next = ''; ;) {
    const page = (await read(`/v1/usage/transactions?limit=100${next}`)) as Page
    all.push(...page.transactions)
    if (page.cursor === null) return all
    next = `&cursor=${page.cursor}`
  }
}

function sum(parts: unknown): Sum {
  const each = parts as Counted[]
  return {
    count: each.reduce((all, { count }) => all + count, 0),
    cost: each.reduce((all, { cost }) => all + cost.micro, 0),
  }
}
