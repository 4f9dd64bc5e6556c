import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { onEachEngine } from '../support/engines.ts'
import {
  downloads,
  expectDelivered,
  fillMeanwhile,
  idOf,
  look,
  MIB,
  PLACES,
  RECOVERED_MS,
  within,
} from '../support/full-disk.ts'
import { CHEAP, errorIn, GRANT, liveApp } from '../support/live.ts'
import { pictures, scripted, tinyPng } from '../support/slow-provider.ts'
import { smallDisk } from '../support/small-disk.ts'
import { expectSpent, paidApp, PRICE } from './paid-app.ts'

test.each(PLACES)('where %s is full, nothing is sent, held or spent', async (_, on, named) => {
  using disk = smallDisk(MIB)
  await using live = await liveApp(on(disk))
  await live.call('checkUsage', {}) // opens the ledger
  disk.fill()
  const answer = await live.call('generateImage', CHEAP)
  expect(errorIn(answer)).toMatchObject({
    code: 'ledger_unavailable',
    message: expect.stringMatching(named) as unknown,
    hint: expect.stringContaining('frees space') as unknown,
    charged: { micro: 0 },
  })
  expect(errorIn(answer)?.message).toContain('nothing was started or charged')
  expect(answer.text).not.toContain(disk.path)
  expect(live.fal.requests).toEqual([])
  expect(await live.books()).toMatchObject({ available: GRANT, held: 0, holds: [] })
  const quote = await live.call('generateImage', { ...CHEAP, quoteOnly: true })
  expect(quote.structured).toMatchObject({
    allowed: false,
    refusal: { code: 'ledger_unavailable' },
  })
  disk.free()
  expect((await live.call('generateImage', CHEAP)).isError).toBe(false)
  expect(await live.books()).toMatchObject({ spent: 3_000, difference: null })
})

test('room for some outputs is none for more, and a folder that is only read has none', async () => {
  using disk = smallDisk(40)
  await using live = await liveApp({ env: { INKWELL_OUTPUT_DIR: disk.path } })
  const refused = errorIn(await live.call('generateImage', { ...CHEAP, numImages: 4 }))
  expect(refused?.message).toBe(
    'The disk of the output folder has 40 MiB free of the 64 MiB that are needed; nothing was started or charged.',
  )
  expect((await live.call('generateImage', { ...CHEAP, numImages: 2 })).isError).toBe(false)
  disk.setReadOnly(true)
  await sleep(1_100) // a good answer counts for a second
  expect(errorIn(await live.call('generateImage', CHEAP))).toMatchObject({
    code: 'ledger_unavailable',
    message: 'Nothing can be written to the output folder; nothing was started or charged.',
  })
  expect(live.fal.jobs).toHaveLength(1)
})

test.each(PLACES)(
  'where %s fills up while fal works, the call answers running and is delivered and charged once',
  async (what, on) => {
    const fetches = what === 'the ledger' ? 1 : 3 // that there was room counts for a second
    using disk = smallDisk(MIB)
    await using live = await liveApp({ ...on(disk), emulator: { runMs: 300 } })
    const answer = await fillMeanwhile(live, disk)
    expect(answer).toMatchObject({ isError: false, structured: { status: 'running' } })
    const id = idOf(answer)
    for (const told of [answer, await look(live, id)]) {
      expect(told.structured).toMatchObject({ id, status: 'running', cost: { micro: 0 } })
      expect(told.text).toContain('The work is done; its files wait for disk space')
      expect(JSON.stringify(told.structured['notes'])).toContain('wait for disk space')
    }
    expect(await live.books()).toMatchObject({ held: 3_000, spent: 0, holds: ['held'] })
    disk.free()
    await within(RECOVERED_MS, async () => (await live.books()).held === 0)
    expect(downloads(live.fal)).toBeLessThanOrEqual(fetches)
    await expectDelivered(live, id)
  },
)

onEachEngine(() => {
  test('where the disk takes a part of the files, none is charged until it takes them all', async () => {
    using disk = smallDisk(MIB)
    const noise = await sharp(randomBytes(800 * 800 * 3), {
      raw: { width: 800, height: 800, channels: 3 },
    })
      .png()
      .toBuffer()
    const provider = scripted(async (_, { onAccepted }) => {
      await onAccepted('up_1')
      disk.fill(noise.length / 2)
      return { outputs: [{ bytes: tinyPng('fox') }, { bytes: noise }], notes: [] }
    })
    await using paid = paidApp(provider, { env: { INKWELL_OUTPUT_DIR: join(disk.path, 'images') } })
    const { generation } = await paid.pay({ count: 2 })
    expect(generation).toMatchObject({ status: 'running', unsaved: true, held: 2 * PRICE })
    expect(paid.files()).toEqual([])
    disk.free()
    await within(RECOVERED_MS, async () => (await paid.funds()).held === 0)
    expect(paid.files()).toHaveLength(2)
    await expectSpent(paid, 2 * PRICE)
  })

  test('work that nobody keeps ends with a full disk as it does with its process: released', async () => {
    using disk = smallDisk(MIB)
    const provider = scripted(async ({ count }) => {
      disk.fill()
      return pictures(count)
    })
    await using paid = paidApp(provider, { env: { INKWELL_OUTPUT_DIR: join(disk.path, 'images') } })
    await expect(paid.pay()).rejects.toMatchObject({
      code: 'internal',
      message: 'The result could not be saved: the disk is full.',
    })
    expect(paid.files()).toEqual([])
    await expectSpent(paid, 0)
  })
})
