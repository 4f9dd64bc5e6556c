import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { DEFAULT_MODELS } from '../../src/pricing/catalog.ts'
import { answerOf, balanceOf, errorOf, GRANT, small, withClient } from './support.ts'
import { onEachEngine } from '../support/engines.ts'

onEachEngine(() => {
  test('the same idempotencyKey and arguments are charged once and answer the first result', () =>
    withClient({}, async (client, home) => {
      const args = { ...small, idempotencyKey: 'the one with the boat' }
      const first = answerOf(await client.call('generateImage', args))
      const again = answerOf(await client.call('generateImage', args))
      expect(first.replayed).toBe(false)
      expect(again).toEqual({ ...first, replayed: true })
      // Defaults that are spelt out, how it is shown and what it may cost do not make it another image.
      const spelt = { ...args, numImages: 1, model: DEFAULT_MODELS.generateImage, preview: true }
      expect(answerOf(await client.call('generateImage', spelt))).toMatchObject({
        id: first.id,
        replayed: true,
      })
      expect(await balanceOf(client)).toEqual(money(GRANT - 50_000))
      expect(home.outputs()).toHaveLength(1)
    }))

  test('calls with one idempotencyKey at the same time make one image', () =>
    withClient({}, async (client, home) => {
      const args = { ...small, idempotencyKey: 'once' }
      const calls = Array.from({ length: 8 }, () => client.call('generateImage', args))
      const results = (await Promise.all(calls)).map(answerOf)
      expect(new Set(results.map(({ id }) => id)).size).toBe(1)
      expect(results.filter(({ replayed }) => replayed === false)).toHaveLength(1)
      expect(await balanceOf(client)).toEqual(money(GRANT - 50_000))
      expect(home.outputs()).toHaveLength(1)
    }))

  test('the same idempotencyKey with other arguments is a conflict and costs nothing', () =>
    withClient({}, async (client) => {
      answerOf(await client.call('generateImage', { ...small, idempotencyKey: 'key' }))
      for (const [tool, args] of [
        ['generateImage', { ...small, prompt: 'a stormy sea' }],
        ['generateImage', { ...small, numImages: 2 }],
        ['generateImage', { ...small, seed: 1 }],
        ['run', { model: 'fal-ai/lora', input: {} }],
      ] as const) {
        const error = errorOf(await client.call(tool, { ...args, idempotencyKey: 'key' }))
        expect(error).toMatchObject({ code: 'idempotency_conflict', charged: money(0) })
      }
      expect(await balanceOf(client)).toEqual(money(GRANT - 50_000))
    }))

  test('a refused or failed call leaves its idempotencyKey free', () =>
    withClient({ INKWELL_MAX_USD_PER_RUN: '0.05' }, async (client) => {
      const idempotencyKey = 'key'
      const dear = { ...small, numImages: 2, idempotencyKey }
      expect(errorOf(await client.call('generateImage', dear)).code).toBe('session_budget_exceeded')
      const unreadable = { image: 'data:image/png;base64,aGVsbG8=', idempotencyKey }
      expect(errorOf(await client.call('upscale', unreadable)).code).toBe('input_unreadable')
      const capped = { ...small, maxCostUsd: 0, idempotencyKey }
      expect(errorOf(await client.call('generateImage', capped)).code).toBe('max_cost_exceeded')
      expect(
        answerOf(await client.call('generateImage', { ...small, idempotencyKey })),
      ).toMatchObject({
        replayed: false,
        cost: money(50_000),
      })
    }))

  test('a replay needs neither budget nor balance', () =>
    withClient({ INKWELL_MAX_USD_PER_RUN: '0.05' }, async (client) => {
      const args = { ...small, idempotencyKey: 'key' }
      answerOf(await client.call('generateImage', args))
      expect(answerOf(await client.call('generateImage', args)).replayed).toBe(true)
    }))
})
