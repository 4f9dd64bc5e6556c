import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { answerOf, cheap, small } from './support.ts'

/** What a week may cost the model that reads it, in tokens: in words, in numbers, and each recent line of these. */
const TOKENS_MAX = { words: 400, numbers: 520, line: 100 }

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

test('every amount is a whole money object, also in lists', async () => {
  const { structured } = await usage({ daily: true, days: 1 })
  const cost = money(112_000)
  expect(structured).toMatchObject({
    balance: { available: money(4_888_000) },
    day: { used: cost, limit: money(500_000) },
    usage: {
      totalCost: cost,
      byModel: [
        { model: 'fal-ai/flux-2-flex', count: 2, cost: money(100_000) },
        { model: 'fal-ai/flux/schnell', count: 4, cost: money(12_000) },
      ],
      byModality: [{ modality: 'image', count: 6, cost }],
      byOperation: [{ operation: 'generateImage', count: 6, cost }],
      daily: [{ count: 6, cost }],
    },
    recent: Array.from({ length: 5 }, () => ({ cost: { currency: 'USD' } })),
  })
  const { images } = answerOf(await client.call('findImages', { limit: 1 })) as Found
  expect(images[0].cost).toEqual(money(3_000))
  const { bindingLimit } = answerOf(
    await client.call('generateImage', { ...cheap, quoteOnly: true }),
  )
  expect(bindingLimit).toMatchObject({ limit: money(500_000), remaining: money(388_000) })
})

type Found = { images: [{ cost: object }] }

test('the usage of a week needs few tokens', async () => {
  const week = await usage({})
  expect(countTokens(week.text)).toBeLessThanOrEqual(TOKENS_MAX.words)
  const { recent, ...rest } = week.structured
  expect(countTokens(JSON.stringify(rest))).toBeLessThanOrEqual(TOKENS_MAX.numbers)
  for (const line of recent as object[])
    expect(countTokens(JSON.stringify(line))).toBeLessThanOrEqual(TOKENS_MAX.line)
})
