import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { answerOf, cheap, small } from './support.ts'

/** What a week may cost the model that reads it, in tokens: in words, in numbers, and each recent line of these. */
const TOKENS_MAX = { words: 400, numbers: 500, line: 100 }

let home: Home
let client: TestClient

beforeTests(async (keep) => {
  home = keep(temporaryHome({ INKWELL_MAX_USD_PER_RUN: '1', INKWELL_MAX_USD_PER_DAY: '0.50' }))
  client = keep(await connectV2(home))
  for (const args of [small, small, cheap, cheap, cheap, cheap]) {
    const call = { ...args, model: 'model' in args ? args.model : undefined }
    answerOf(await client.call('generateImage', call))
  }
})

async function usage(args: object): Promise<{ text: string; structured: Record<string, unknown> }> {
  const answer = await client.call('checkUsage', args)
  return { text: answer.content[0]?.text ?? '', structured: answerOf(answer) }
}

test('the text shows balance, budgets, models and as many recent transactions as requested', async () => {
  const { text, structured } = await usage({})
  expect(text).toContain('Balance: $4.888')
  expect(text).toContain('$0.112 of its $1.00; $0.888 is left')
  expect(text).toMatch(/Today: \$0\.112 of \$0\.50; \$0\.388 is left until .*T00:00/)
  expect(text).toContain('- fal-ai/flux-2-flex: 2 for $0.10')
  const recent = structured['recent'] as { id: string }[]
  const told = (words: string): string[] => words.match(/\b(gen|txn)_\w+/g) ?? []
  expect(told(text)).toEqual(recent.map(({ id }) => id))
  expect(told(text)).toHaveLength(5)
  expect(told((await usage({ limit: 2 })).text)).toHaveLength(2)
  expect(told((await usage({ limit: 0 })).text)).toEqual([])
  expect((await usage({ limit: 10 })).text).toMatch(/top_up \+\$5\.00 txn_topup_/)
})

test('daily figures come only on request, and for every day', async () => {
  const { structured } = await usage({})
  expect(structured['usage']).not.toHaveProperty('daily')
  const year = await usage({ days: 366, daily: true, limit: 0 })
  const { daily } = year.structured['usage'] as { daily: { count: number }[] }
  expect(daily).toHaveLength(366)
  expect(daily.at(-1)).toMatchObject({ count: 6, cost: { micro: 112_000, display: '$0.112' } })
  expect(year.text).toMatch(/- \d{4}-\d\d-\d\d: 6 generations for \$0\.112/)
})

test('a cost in a list has no currency; a single amount has one', async () => {
  const { structured } = await usage({})
  expect(structured).toMatchObject({
    balance: { available: money(4_888_000) },
    day: { used: money(112_000), limit: money(500_000) },
  })
  const { byModel, byModality, byOperation, totalCost } = structured['usage'] as Lists
  expect(totalCost).toEqual(money(112_000))
  expect(byModel).toEqual([
    { model: 'fal-ai/flux-2-flex', count: 2, cost: { micro: 100_000, display: '$0.10' } },
    { model: 'fal-ai/flux/schnell', count: 4, cost: { micro: 12_000, display: '$0.012' } },
  ])
  const all = { count: 6, cost: { micro: 112_000, display: '$0.112' } }
  expect(byModality).toEqual([{ modality: 'image', ...all }])
  expect(byOperation).toEqual([{ operation: 'generateImage', ...all }])
  const [newest] = structured['recent'] as [{ cost: object }]
  expect(newest.cost).toEqual({ micro: 3_000, display: '$0.003' })
})

type Lists = Record<'byModel' | 'byModality' | 'byOperation' | 'totalCost', unknown>

test('the usage of a week needs few tokens', async () => {
  const week = await usage({})
  expect(countTokens(week.text)).toBeLessThanOrEqual(TOKENS_MAX.words)
  const { recent, ...rest } = week.structured
  expect(countTokens(JSON.stringify(rest))).toBeLessThanOrEqual(TOKENS_MAX.numbers)
  for (const line of recent as object[])
    expect(countTokens(JSON.stringify(line))).toBeLessThanOrEqual(TOKENS_MAX.line)
})
