import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Row, TransactionBody } from '../../src/db/db.ts'
import { findAsset } from '../../src/generations/generation.ts'
import { lookUp } from '../../src/generations/wait.ts'
import { pictures, promptly, scripted, slowly, tinyPng } from '../support/slow-provider.ts'
import { expectSpent, paidApp, pictureOf, PRICE, until } from './paid-app.ts'
import { onEachEngine } from '../support/engines.ts'

onEachEngine(() => {
  test('a paid call holds its price, and charges it when the picture is on disk', async () => {
    const heldMeanwhile: number[] = []
    const provider = scripted(async ({ count }) => {
      heldMeanwhile.push((await paid.funds()).held)
      return pictures(count)
    })
    await using paid = paidApp(provider)
    const { generation, replayed } = await paid.pay({ count: 2 })
    expect(generation).toMatchObject({
      status: 'completed',
      cost: 2 * PRICE,
      held: 0,
      failure: null,
    })
    expect(replayed).toBe(false)
    expect(heldMeanwhile).toEqual([2 * PRICE])
    expect(generation.assets).toHaveLength(2)
    for (const { path, sha256, bytes, width } of generation.assets) {
      const content = readFileSync(join(paid.app.config.outputDir, path))
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
      expect([content.byteLength, width]).toEqual([bytes, 4])
    }
    await expectSpent(paid, 2 * PRICE)
  })

  test('four asked and two delivered: two are charged and the rest of the hold is given back', async () => {
    await using paid = paidApp(scripted(async () => pictures(2)))
    const { generation } = await paid.pay({ count: 4 })
    expect(generation.assets).toHaveLength(2)
    expect(generation.cost).toBe(2 * PRICE)
    await expectSpent(paid, 2 * PRICE)
  })

  test('four delivered of which two are no pictures: two are charged', async () => {
    const provider = scripted(async () => {
      const { outputs, notes } = pictures(2)
      const broken = [{ bytes: new Uint8Array() }, { bytes: Buffer.from('not a picture') }]
      return { outputs: [...broken, ...outputs], notes }
    })
    await using paid = paidApp(provider)
    const { generation } = await paid.pay({ count: 4 })
    expect(generation).toMatchObject({ status: 'completed', cost: 2 * PRICE })
    expect(generation.assets).toHaveLength(2)
    expect(paid.files()).toHaveLength(2)
    await expectSpent(paid, 2 * PRICE)
  })

  test('more delivered than asked: what was asked is charged and the rest is not kept', async () => {
    await using paid = paidApp(scripted(async () => pictures(3)))
    const { generation } = await paid.pay()
    expect(generation.cost).toBe(PRICE)
    expect(paid.files()).toHaveLength(1)
    await expectSpent(paid, PRICE)
  })

  test('the same key and arguments answer the stored result, and make and charge nothing more', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    const first = await paid.pay({ idempotencyKey: 'fox' })
    const again = await paid.pay({ idempotencyKey: 'fox' })
    expect(again).toEqual({ generation: first.generation, replayed: true })
    expect(provider.calls).toBe(1)
    await expectSpent(paid, PRICE)
  })

  test('the same key with other arguments is a conflict, before and while the first one runs', async () => {
    const provider = scripted(slowly(200))
    await using paid = paidApp(provider)
    const first = paid.pay({ idempotencyKey: 'fox' })
    await until(() => provider.calls === 1)
    const conflict = { code: 'idempotency_conflict' }
    await expect(paid.pay({ idempotencyKey: 'fox', count: 2 })).rejects.toMatchObject(conflict)
    await first
    await expect(paid.pay({ idempotencyKey: 'fox', prompt: 'owl' })).rejects.toMatchObject(conflict)
    expect(provider.calls).toBe(1)
    await expectSpent(paid, PRICE)
  })

  test('two calls at once with one key and other arguments: one runs and one is a conflict', async () => {
    const provider = scripted(slowly(50))
    await using paid = paidApp(provider)
    const prompts = ['a fox', 'an owl']
    const settled = await Promise.allSettled(
      prompts.map((prompt) => paid.pay({ prompt, idempotencyKey: 'same' })),
    )
    const refused = settled.filter((call) => call.status === 'rejected')
    expect(refused.map(({ reason }) => reason.code)).toEqual(['idempotency_conflict'])
    expect(provider.calls).toBe(1)
    await expectSpent(paid, PRICE)
  })

  test('a price above maxCost is refused before anything is held; equal to it passes', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    await expect(paid.pay({ maxCost: (PRICE - 1) as never })).rejects.toMatchObject({
      code: 'max_cost_exceeded',
    })
    expect(provider.calls).toBe(0)
    await paid.pay({ maxCost: PRICE as never })
    await expectSpent(paid, PRICE)
  })

  test('another account sees neither the generation nor its pictures, and its keys are its own', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    const { generation } = await paid.pay({ idempotencyKey: 'fox' })
    const { app } = paid
    const account = { id: 'acct_other', name: 'other' }
    const stranger = { ...app.localCaller('other'), account }
    const assetId = generation.assets[0]?.id ?? ''

    const hidden = { code: 'not_found' }
    await expect(lookUp(app.generations, stranger, generation.id)).rejects.toMatchObject(hidden)
    for (const id of [assetId, generation.id]) {
      await expect(app.db.read(() => findAsset(account.id, id, Date.now()))).rejects.toMatchObject(
        hidden,
      )
      const request = { operation: 'removeBackground', model: 'fal-ai/birefnet', count: 1 } as const
      await expect(
        paid.pay({ request: { ...request, image: id }, caller: stranger }),
      ).rejects.toMatchObject(hidden)
    }
    expect(provider.calls).toBe(1)

    const theirs = await paid.pay({ idempotencyKey: 'fox', caller: stranger })
    expect(theirs.replayed).toBe(false)
    expect(theirs.generation.id).not.toBe(generation.id)
    expect(await app.db.read(() => findAsset('acct_local', assetId, Date.now()))).toMatchObject({
      id: assetId,
    })
    await expectSpent(paid, PRICE)
  })

  test('progress of the work reaches the caller', async () => {
    const seen: unknown[] = []
    const provider = scripted(async (_, { onProgress }) => {
      onProgress({ fraction: 0.25, message: 'Sketching' })
      onProgress({ fraction: 0.75, message: 'Painting' })
      return pictures(1)
    })
    await using paid = paidApp(provider)
    await paid.pay({ onProgress: (progress) => void seen.push(progress) })
    expect(seen).toEqual([
      { fraction: 0, message: expect.stringMatching(/^Started as gen_/) as string },
      { fraction: 0.25, message: 'Sketching' },
      { fraction: 0.75, message: 'Painting' },
    ])
  })

  test('work on the own key is recorded and charges nothing, and budgets still count it', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider, { env: { INKWELL_MAX_USD_PER_RUN: '0.10' } })
    const caller = { ...paid.app.localCaller('own'), billing: 'own_key' as const }
    await paid.pay({ caller })
    const { generation } = await paid.pay({ caller })
    expect(generation).toMatchObject({ cost: PRICE, billing: 'own_key' })
    await expect(paid.pay({ caller })).rejects.toMatchObject({ code: 'session_budget_exceeded' })
    expect(provider.calls).toBe(2)
    await expectSpent(paid, 0)
  })

  test('a request is stored without the bytes of its data URIs', async () => {
    await using paid = paidApp(scripted(promptly))
    const uri = `data:image/png;base64,${Buffer.from(tinyPng('fox')).toString('base64')}`
    const { count, model } = { ...pictureOf('x'), model: 'fal-ai/birefnet' }
    await paid.pay({ request: { operation: 'removeBackground', model, count, image: uri } })
    const [row] = await paid.app.db.read(function* stored(): TransactionBody<Row[]> {
      return yield () => ({ sql: 'select request from generation', parameters: [] })
    })
    expect(String(row?.['request'])).toContain('data:image/png')
    expect(String(row?.['request'])).not.toContain(uri.slice(40, 80))
  })
})
