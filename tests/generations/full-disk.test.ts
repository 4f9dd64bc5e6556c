import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { query, type Db } from '../../src/db/db.ts'
import { temporaryFolder } from '../support/databases.ts'
import { startFalEmulator, type FalEmulator } from '../support/fal-emulator.ts'
import {
  CHEAP,
  costIn,
  errorIn,
  GRANT,
  liveApp,
  outputsOf,
  type Answer,
  type LiveApp,
  type LiveOptions,
} from '../support/live.ts'
import { gate, pictures, scripted } from '../support/slow-provider.ts'
import { smallDisk, type SmallDisk } from '../support/small-disk.ts'
import { expectSpent, paidApp, PRICE } from './paid-app.ts'

/** What is to be recovered is recovered within this time of freeing space, in milliseconds. */
const RECOVERED_MS = 60_000

/** A disk that takes one image and the ledger, with what both must have to spare. */
const MIB = 40

/** Where the small disk is put: under the images alone, under the ledger alone, or under both. */
const PLACES: [what: string, on: (disk: SmallDisk) => LiveOptions, named: RegExp][] = [
  [
    'the image folder',
    ({ path }) => ({ env: { INKWELL_OUTPUT_DIR: join(path, 'images') } }),
    /^The disk of the output folder /,
  ],
  [
    'the ledger',
    ({ path }) => ({ env: { INKWELL_DATABASE_URL: `sqlite:${path}/test.db` } }),
    /^The disk of the ledger /,
  ],
  ['both', ({ path }) => ({ home: path }), /^The disk of the output folder/],
]

async function within(ms: number, claim: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + ms
  while (!(await claim())) {
    if (performance.now() > giveUpAt) throw new Error(`not so within ${ms} ms: ${claim.toString()}`)
    await sleep(20)
  }
}

const idOf = ({ structured }: Answer) => String(structured['id'])
const look = (live: LiveApp, id: string) => live.call('getGeneration', { id })

/** It was charged once for its files, which are there as they were made, and no others. */
async function expectDelivered(live: LiveApp, id: string, files = 1): Promise<void> {
  const answer = await look(live, id)
  expect(answer.structured['status']).toBe('completed')
  expect(costIn(answer)).toBe(files * 3_000)
  const outputs = outputsOf(answer) as { path: string; sha256?: string }[]
  for (const { path, sha256 } of outputs)
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256)
  expect(live.outputs()).toHaveLength(files)
  expect(outputs).toHaveLength(files)
  expect(await live.books()).toEqual({
    available: GRANT - files * 3_000,
    held: 0,
    spent: files * 3_000,
    holds: ['captured'],
    difference: null,
  })
  expect(live.fal.charges).toHaveLength(1)
}

/** Lets a call begin, and fills the disk while fal is at work. */
async function fillMeanwhile(
  live: LiveApp,
  disk: SmallDisk,
  args: object = CHEAP,
): Promise<Answer> {
  const call = live.call('generateImage', args)
  await within(10_000, () => live.fal.jobs[0] !== undefined && live.fal.jobs[0].polls > 0)
  disk.fill()
  return await call
}

const downloads = ({ requests }: FalEmulator) =>
  requests.filter(({ host, method }) => host === 'v3b.fal.media' && method === 'GET').length

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
    await sleep(2_000) // more than any fault gets tries
    expect(await live.books()).toMatchObject({ held: 3_000, spent: 0, holds: ['held'] })
    disk.free()
    await within(RECOVERED_MS, async () => (await live.books()).held === 0)
    expect(downloads(live.fal)).toBeLessThanOrEqual(fetches)
    await expectDelivered(live, id)
  },
)

test('while the disk is full its files are not fetched again and again', async () => {
  using disk = smallDisk(MIB)
  const env = { INKWELL_OUTPUT_DIR: disk.path }
  await using live = await liveApp({ env, emulator: { runMs: 300 } })
  const answer = await fillMeanwhile(live, disk, { ...CHEAP, numImages: 2 })
  expect(answer.structured['status']).toBe('running')
  await sleep(2_500)
  expect(downloads(live.fal)).toBeLessThanOrEqual(4) // not eight, once in each pause
  expect(live.outputs()).toEqual(['ballast'])
  disk.free()
  await within(RECOVERED_MS, async () => (await live.books()).held === 0)
  await expectDelivered(live, idOf(answer), 2)
})

test('a folder that becomes unwritable, and a file server that is down, are waited for as well', async () => {
  using disk = smallDisk(MIB)
  await using live = await liveApp({
    env: { INKWELL_OUTPUT_DIR: join(disk.path, 'images') },
    emulator: { runMs: 300 },
  })
  const call = live.call('generateImage', CHEAP)
  await within(10_000, () => (live.fal.jobs[0]?.polls ?? 0) > 0)
  disk.setReadOnly(true)
  const answer = await call
  expect(answer.structured['status']).toBe('running')
  live.fal.script('*', [{ kind: 'serverError', at: 'file', times: 4 }])
  disk.setReadOnly(false)
  await within(RECOVERED_MS, async () => (await live.books()).held === 0)
  expect(live.fal.struck).toHaveLength(4)
  await expectDelivered(live, idOf(answer))
})

test('where fal no longer has the file, the waiting ends and nothing is charged', async () => {
  using disk = smallDisk(MIB)
  const env = { INKWELL_OUTPUT_DIR: join(disk.path, 'images') }
  await using live = await liveApp({ env, emulator: { runMs: 300 } })
  const answer = await fillMeanwhile(live, disk)
  expect(answer.structured['status']).toBe('running')
  live.fal.expireFiles()
  disk.free()
  await within(RECOVERED_MS, async () => (await live.books()).held === 0)
  const { structured } = await look(live, idOf(answer))
  expect(structured).toMatchObject({ status: 'failed', error: { code: 'no_output' } })
  expect(await live.books()).toMatchObject({ available: GRANT, holds: ['released'] })
})

test('a process that stops does not wait for space, and another one delivers', async () => {
  using disk = smallDisk(MIB)
  await using fal = await startFalEmulator({ runMs: 300 })
  const shared = { fal, home: disk.path }
  const live = await liveApp(shared)
  const answer = await fillMeanwhile(live, disk)
  const startedAt = performance.now()
  await live[Symbol.asyncDispose]() // drains for up to 10 s
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  disk.free()
  await using other = await liveApp({ ...shared, now: () => Date.now() + 60_000 })
  await within(RECOVERED_MS, async () => {
    await look(other, idOf(answer))
    return (await other.books()).held === 0
  })
  await expectDelivered(other, idOf(answer))
})

test('what another process takes over waits there too, with what was told of the result', async () => {
  using disk = smallDisk(MIB)
  using ledger = smallDisk(MIB)
  await using fal = await startFalEmulator({ runMs: 300 })
  const shared = { fal, home: ledger.path, env: { INKWELL_OUTPUT_DIR: join(disk.path, 'images') } }
  const odd = { ...CHEAP, negativePrompt: 'cats' } // this model takes none: told in `dropped`
  const first = await liveApp(shared)
  const answer = await fillMeanwhile(first, disk, odd)
  await within(5_000, async () => {
    const { structured } = await look(first, idOf(answer))
    return (structured['dropped'] as string[]).length === 1
  })
  await first[Symbol.asyncDispose]()
  await using second = await liveApp({ ...shared, now: () => Date.now() + 60_000 })
  // fal cannot be reached for a while either: that is no reason to give the work up.
  fal.script('*', [{ kind: 'serverError', at: 'result' }])
  const told = await look(second, idOf(answer))
  expect(told.text).toContain('The work is done; its files wait for disk space')
  await sleep(1_000)
  expect(await second.books()).toMatchObject({ held: 3_000, holds: ['held'] })
  disk.free()
  await within(RECOVERED_MS, async () => (await second.books()).held === 0)
  await expectDelivered(second, idOf(answer))
  expect((await look(second, idOf(answer))).structured['dropped']).toHaveLength(1)
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

test('an upstream id that a full ledger cannot take is noted once it can, and the work goes on', async () => {
  using disk = smallDisk(MIB)
  const door = gate()
  const provider = scripted(
    async ({ count }, { onAccepted }) => {
      disk.fill()
      await onAccepted('up_1')
      await door.opened
      return pictures(count)
    },
    async () => pictures(1),
  )
  using home = temporaryFolder()
  const env = { INKWELL_DATABASE_URL: `sqlite:${disk.path}/test.db` }
  await using paid = paidApp(provider, { home: home.path, env, leaseMs: 600 })
  const call = paid.pay()
  await within(5_000, () => paid.lines.some(({ event }) => event === 'generation.not_noted'))
  disk.free()
  await within(5_000, async () => (await upstreamIds(paid.app.db))[0] === 'up_1')
  door.open()
  expect((await call).generation).toMatchObject({ status: 'completed', cost: PRICE })
  await expectSpent(paid, PRICE)
})

async function upstreamIds(db: Db): Promise<(string | null)[]> {
  const rows = await db.read(() =>
    query((sql) => sql.selectFrom('generation').select('upstream_id')),
  )
  return rows.map(({ upstream_id }) => upstream_id)
}
