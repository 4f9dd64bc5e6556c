import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { LOCAL_MODELS } from '../../src/pricing/catalog.ts'
import { plainPicture, spendDownTo, temporaryHome, type Settings } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { answerOf, balanceOf, errorOf, small, withClient } from './support.ts'

const draft = { ...small, model: 'local/draft' }
/** Live mode whose image service cannot be reached: whatever asks it fails. */
const cutOff = { INKWELL_FAL_BASE_URL: 'http://127.0.0.1:9' }
const MODES: [string, Settings][] = [
  ['test mode', {}],
  ['live mode', { FAL_KEY: 'k', ...cutOff }],
  ['live mode on an own key', { INKWELL_FAL_KEY: 'k', ...cutOff }],
]

test.each(MODES)(
  'every local model works in %s, for nothing and without a network',
  async (_, env) => {
    using home = temporaryHome(env)
    await using client = await connectV2(home)
    const image = await plainPicture(home)
    const before = await balanceOf(client)
    const args = { ...small, image, prompt: 'flip horizontally', scale: 2 }
    for (const { id, operation } of LOCAL_MODELS) {
      const { prompt, preview, imageSize, scale } = args
      const own = {
        generateImage: { prompt, imageSize },
        editImage: { image, prompt },
        removeBackground: { image },
        upscale: { image, scale },
        run: {},
      }[operation]
      const result = await client.call(operation, { ...own, model: id, preview })
      const billing = env['INKWELL_FAL_KEY'] === undefined ? 'credits' : 'own_key'
      expect(answerOf(result)).toMatchObject({
        model: id,
        provider: 'local',
        billing,
        cost: money(0),
        priceSource: 'catalog',
      })
      expect(result.content[0]?.text).toContain(`${id} is free.`)
      expect(result.content[0]?.text).toContain('Made on this machine')
    }
    expect(await balanceOf(client)).toEqual(before)
    const { recent } = answerOf(await client.call('checkUsage')) as { recent: object[] }
    expect(recent).toHaveLength(5)
    for (const row of recent.slice(0, 4)) expect(row).toMatchObject({ cost: { micro: 0 } })
  },
)

test('a free call is stored, replayed by its key, and said to be replayed', async () => {
  await withClient({}, async (client) => {
    const args = { ...draft, idempotencyKey: 'once' }
    const first = answerOf(await client.call('generateImage', args))
    const second = answerOf(await client.call('generateImage', args))
    expect(second).toMatchObject({ id: first.id, replayed: true, outputs: first.outputs })
    const other = { ...args, prompt: 'another' }
    expect(errorOf(await client.call('generateImage', other)).code).toBe('idempotency_conflict')
    expect(answerOf(await client.call('getGeneration', { id: first.id }))).toMatchObject({
      honoured: first.honoured,
      notHonoured: first.notHonoured,
    })
  })
})

test('a draft says which words it honoured and which it did not', async () => {
  await withClient({}, async (client) => {
    const args = { ...draft, prompt: 'oil painting of a calm teal gradient' }
    const { honoured, notHonoured } = answerOf(await client.call('generateImage', args))
    expect(honoured).toEqual(expect.arrayContaining(['gradient', 'teal', 'calm']))
    expect(notHonoured).toEqual(expect.arrayContaining(['oil', 'painting']))
  })
})

test('a budget of 0 and an empty balance refuse what costs money and nothing that is free', async () => {
  const zero = {
    INKWELL_MAX_USD_PER_RUN: '0',
    INKWELL_MAX_USD_PER_DAY: '0',
    INKWELL_MONTHLY_LIMIT_USD: '0',
  }
  await withClient(zero, async (client) => {
    const error = errorOf(await client.call('generateImage', small))
    expect(error).toMatchObject({
      code: 'session_budget_exceeded',
      affordable: [{ model: 'local/draft', cost: money(0) }],
    })
    expect(answerOf(await client.call('generateImage', draft))).toMatchObject({ cost: money(0) })
  })
  await withClient({}, async (client, home) => {
    await spendDownTo(home, 0, Date.now())
    const error = errorOf(await client.call('generateImage', small))
    expect(error.code).toBe('insufficient_credits')
    expect(error.affordable).toEqual([{ model: 'local/draft', cost: money(0) }])
    expect(answerOf(await client.call('generateImage', draft))).toMatchObject({ cost: money(0) })
  })
})

test('a budget that was lowered below what is spent still lets a free call through', async () => {
  using home = temporaryHome()
  {
    await using client = await connectV2({
      ...home,
      env: { ...home.env, INKWELL_MAX_USD_PER_DAY: '1' },
    })
    answerOf(await client.call('generateImage', small))
  }
  await using client = await connectV2({
    ...home,
    env: { ...home.env, INKWELL_MAX_USD_PER_DAY: '0.01' },
  })
  expect(errorOf(await client.call('generateImage', small))).toMatchObject({
    code: 'daily_budget_exceeded',
    affordable: [{ model: 'local/draft' }],
  })
  expect(answerOf(await client.call('generateImage', draft))).toMatchObject({ cost: money(0) })
})

test('an id that only looks like a local model is refused, not sent to the image service', async () => {
  await withClient({}, async (client) => {
    const error = errorOf(await client.call('generateImage', { ...small, model: 'local/drafts' }))
    expect(error.code).toBe('invalid_input')
    for (const { id } of LOCAL_MODELS) expect(error.hint).toContain(id)
    const wrong = await client.call('generateImage', { ...small, model: 'local/upscale' })
    expect(errorOf(wrong).code).toBe('wrong_operation')
  })
})

test('a paid model that fails is never replaced by a local one', async () => {
  using home = temporaryHome({ FAL_KEY: 'k', ...cutOff })
  await using client = await connectV2(home)
  expect(errorOf(await client.call('generateImage', small)).code).toMatch(/^upstream_/)
  expect(home.outputs()).toEqual([])
})
