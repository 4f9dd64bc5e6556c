import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { erase, ownerOf } from '../../src/generations/erase.ts'
import { findAsset, findGeneration } from '../../src/generations/generation.ts'
import { findGenerations } from '../../src/usage/find.ts'
import { micro } from '../../src/money.ts'
import { onEachEngine } from '../support/engines.ts'
import { pictures, promptly, scripted } from '../support/slow-provider.ts'
import { expectSpent, paidApp, pictureOf, PRICE, until, type PaidApp } from './paid-app.ts'

const ACCOUNT = { accountId: 'acct_local' }

/** A generation with two pictures, each with a small copy. */
async function made(paid: PaidApp, prompt = 'a secret plan') {
  const { generation } = await paid.pay({ prompt, count: 2 })
  const { assets } = await paid.app.db.read(() => findGeneration('acct_local', generation.id))
  const { files, store } = { ...paid.app.generations, ...paid.app.generations.files }
  for (const asset of assets) await files.preview(asset, 512)
  const places = assets.flatMap(({ id, path }) =>
    [path, `.previews/${id}`].map((each) => store.localPath(each) ?? ''),
  )
  return { id: generation.id, assets, there: () => places.map((place) => existsSync(place)) }
}

const promptsOf = async ({ app: { db, now } }: PaidApp) => {
  const wanted = { query: 'secret', days: 366, limit: 10 }
  return (await db.read(() => findGenerations('acct_local', wanted, now()))).map(({ id }) => id)
}

onEachEngine(() => {
  test('an account is erased with all it made, and its entries are still proven', async () => {
    await using paid = paidApp(scripted(promptly))
    const { id, assets, there } = await made(paid)
    const erased = await erase(paid.app.pruning, ACCOUNT)
    const bytes = assets.reduce((sum, asset) => sum + asset.bytes, 0)
    expect(erased).toEqual({ files: 2, bytes, left: [], prompts: 1, running: 0 })
    expect(there()).toEqual([false, false, false, false])
    expect(await promptsOf(paid)).toEqual([])
    const known = await paid.app.db.read(() => findGeneration('acct_local', id))
    expect(known).toMatchObject({ prompt: null, cost: 2 * PRICE, status: 'completed' })
    await expectSpent(paid, 2 * PRICE)
  })

  test('one file goes alone, one generation with its prompt, and the others stay', async () => {
    await using paid = paidApp(scripted(promptly))
    const { db } = paid.app
    const [one, other] = [await made(paid), await made(paid, 'another secret')]
    const first = one.assets[0]?.id ?? ''
    expect(await db.read(() => ownerOf(first))).toBe('acct_local')
    const file = await erase(paid.app.pruning, { ...ACCOUNT, id: first })
    expect(file).toMatchObject({ files: 1, prompts: 0 })
    expect(one.there()).toEqual([false, false, true, true])
    expect(await promptsOf(paid)).toHaveLength(2)
    await expect(
      db.read(() => findAsset('acct_local', first, paid.app.now())),
    ).rejects.toMatchObject({ message: expect.stringContaining('removed for good') as unknown })
    const whole = await erase(paid.app.pruning, { ...ACCOUNT, id: one.id })
    expect(whole).toMatchObject({ files: 1, prompts: 1 })
    expect(one.there()).toEqual([false, false, false, false])
    expect(await promptsOf(paid)).toEqual([other.id])
    expect(other.there()).toEqual([true, true, true, true])
    await expect(db.read(() => ownerOf('gen_none'))).rejects.toMatchObject({ code: 'not_found' })
    await expectSpent(paid, 4 * PRICE)
  })

  test('what has not ended is told, not touched, and not removed by its id', async () => {
    const release = Promise.withResolvers<void>()
    await using paid = paidApp(
      scripted(async ({ count }) => {
        await release.promise
        return pictures(count)
      }),
    )
    const { db, pruning } = paid.app
    const call = paid.pay()
    const running = async () =>
      await db.read(() => query((from) => from.selectFrom('generation').select('id')))
    await until(async () => (await running()).length === 1)
    const [{ id }] = (await running()) as [{ id: string }]
    await expect(db.read(() => ownerOf(id))).rejects.toMatchObject({
      message: `${id} has not ended yet.`,
    })
    expect(await erase(pruning, ACCOUNT)).toMatchObject({ files: 0, prompts: 0, running: 1 })
    release.resolve()
    await call
    expect(await erase(pruning, ACCOUNT)).toMatchObject({ files: 1, prompts: 1, running: 0 })
  })

  test('copies that moves left go with the file, and a store that is not set up is named', async () => {
    await using paid = paidApp(scripted(promptly))
    const { assets } = await made(paid)
    const { db, pruning, config } = paid.app
    const old = join(config.outputDir, 'old', 'x.png')
    mkdirSync(dirname(old))
    writeFileSync(old, 'a copy')
    const former = JSON.stringify([
      { store: 'folder', path: 'old/x.png' },
      { store: 's3://gone', path: 'x.png' },
    ])
    await db.write(() => query((to) => to.updateTable('asset').set({ former })))
    const erased = await erase(pruning, { ...ACCOUNT, id: assets[0]?.id ?? '' })
    expect(erased).toMatchObject({ files: 1, left: ['s3://gone'] })
    expect(existsSync(old)).toBe(false)
    expect(paid.lines.at(-1)).toMatchObject({ event: 'file.copies_left' })
  })

  test('the files of another account stay', async () => {
    await using paid = paidApp(scripted(promptly))
    const { assets, there } = await made(paid)
    const [other = ''] = assets.map(({ id }) => id)
    await paid.app.db.write(() =>
      query((to) =>
        to.updateTable('asset').set({ account_id: 'acct_other' }).where('id', '=', other),
      ),
    )
    expect(await erase(paid.app.pruning, ACCOUNT)).toMatchObject({ files: 1 })
    expect(there()).toEqual([true, true, false, false])
  })

  test('the reasons of refused calls are erased with the account', async () => {
    await using paid = paidApp(scripted(promptly))
    const { db, generations, pruning } = paid.app
    const request = pictureOf('a secret plan')
    await paid.pay({ request, maxCost: micro(1) }).catch(() => {})
    await generations.refusals.allNoted()
    const refusals = () =>
      db.read(() => query((from) => from.selectFrom('refused_call').select('id')))
    expect(await refusals()).toHaveLength(1)
    await erase(pruning, ACCOUNT)
    expect(await refusals()).toEqual([])
  })
})
