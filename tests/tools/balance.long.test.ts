import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { inkwell, spendDownTo, temporaryHome } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { answerOf, balanceOf, cheap, errorOf, small, withClient } from './support.ts'
import { onEachEngine } from '../support/engines.ts'

test('state, ledger and images are for their owner alone', async () => {
  using parent = temporaryHome()
  const state = join(parent.path, 'new', 'state')
  await using client = await connectV2(parent, { INKWELL_HOME: state })
  answerOf(await client.call('generateImage', small))
  const places = ['.', ...(readdirSync(state, { recursive: true }) as string[])]
  expect(places.filter((place) => place.endsWith('.png'))).toHaveLength(1)
  expect(places).toContain('test.db')
  const open = places.filter((place) => (statSync(join(state, place)).mode & 0o077) !== 0)
  expect(open).toEqual([])
})

test('a ledger of one mode is refused in the other, and says so', async () => {
  using home = temporaryHome()
  const INKWELL_DATABASE_URL = `sqlite:${home.path}/test.db`
  await spendDownTo(home, 1_000_000, Date.now())
  const secret = 'fal-key-that-nobody-may-see'
  const env = { INKWELL_DATABASE_URL, FAL_KEY: secret }
  await using client = await connectV2(home, env)
  const answer = await client.call('checkUsage')
  expect(errorOf(answer)).toMatchObject({
    code: 'ledger_unavailable',
    message: 'This ledger belongs to test mode and cannot be opened in live mode.',
  })
  const ran = await inkwell(home, ['usage'], { env })
  expect(ran).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('belongs to test mode'),
  })
  expect(JSON.stringify([answer, ran])).not.toContain(secret)
})

onEachEngine(() => {
  test('an empty account refuses paid work, names both ways out, and free tools go on', async () => {
    using home = temporaryHome()
    await spendDownTo(home, 49_999, Date.now())
    await using client = await connectV2(home)
    const error = errorOf(await client.call('generateImage', small))
    expect(error).toMatchObject({
      code: 'insufficient_credits',
      retryable: false,
      charged: money(0),
      required: money(50_000),
      available: money(49_999),
      affordable: [
        { model: 'fal-ai/recraft/v4/text-to-image', cost: money(40_000) },
        { model: 'fal-ai/flux/schnell', cost: money(3_000) },
        { model: 'local/draft', cost: money(0) },
      ],
    })
    expect(error.message).toBe('Not enough credits. Required: $0.05, Available: $0.049999.')
    expect(error.hint).toContain('inkwell billing buy --amount 10')
    expect(error.hint).toContain('INKWELL_FAL_KEY')
    const last = answerOf(await client.call('generateImage', cheap))
    expect(last).toMatchObject({ balance: money(46_999), lowBalance: true })
    expect((await client.call('checkUsage')).content[0]?.text).toContain('Low balance')
  })

  test('a balance of exactly the price is enough, and of $1.00 is not low', async () => {
    using home = temporaryHome()
    await spendDownTo(home, 1_050_000, Date.now())
    await using client = await connectV2(home)
    expect(answerOf(await client.call('generateImage', small))).toMatchObject({
      balance: money(1_000_000),
      lowBalance: false,
    })
    const rest = { ...small, numImages: 4 }
    for (let call = 0; call < 5; call += 1) answerOf(await client.call('generateImage', rest))
    expect(await balanceOf(client)).toEqual(money(0))
    expect(errorOf(await client.call('generateImage', cheap)).code).toBe('insufficient_credits')
  })

  test('several images are several files, each paid for', () =>
    withClient({ INKWELL_METADATA: 'off' }, async (client, home) => {
      const result = answerOf(
        await client.call('generateImage', { ...small, numImages: 3, seed: 5 }),
      )
      expect(result.cost).toEqual(money(150_000))
      expect(result.outputs).toHaveLength(3)
      expect(readdirSync(`${home.path}/images`)).toHaveLength(3)
      const hashes = (result.outputs as { sha256: string }[]).map(({ sha256 }) => sha256)
      expect(new Set(hashes).size).toBe(3)
      const again = answerOf(
        await client.call('generateImage', { ...small, numImages: 3, seed: 5 }),
      )
      expect((again.outputs as { sha256: string }[]).map(({ sha256 }) => sha256)).toEqual(hashes)
    }))

  test('a result in test mode says that no paid model ran', () =>
    withClient({}, async (client) => {
      const { structuredContent, content } = await client.call('generateImage', small)
      expect(structuredContent).toMatchObject({ mode: 'test', provider: 'local' })
      expect(structuredContent?.notes).toContainEqual(expect.stringMatching(/no paid AI model ran/))
      expect(content[0]?.text).toMatch(/test credits/)
      expect((await client.call('checkUsage')).content[0]?.text).toMatch(/no paid model runs/)
    }))

  test('without a preview no image is in the answer', () =>
    withClient({}, async (client) => {
      const { content } = await client.call('generateImage', small)
      expect(content.map(({ type }) => type)).toEqual(['text'])
    }))
})
