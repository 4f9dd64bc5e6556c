import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { query, type Db } from '../../src/db/db.ts'
import { temporaryFolder } from '../support/databases.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import {
  downloads,
  expectDelivered,
  fillMeanwhile,
  idOf,
  look,
  MIB,
  RECOVERED_MS,
  within,
} from '../support/full-disk.ts'
import { CHEAP, GRANT, liveApp } from '../support/live.ts'
import { gate, pictures, scripted } from '../support/slow-provider.ts'
import { smallDisk } from '../support/small-disk.ts'
import { expectSpent, paidApp, PRICE } from './paid-app.ts'

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
  expect(live.fal.injected).toHaveLength(4)
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

test('an upstream id that could not be noted is not taken for noted by a heartbeat from before it', async () => {
  const provider = scripted(async ({ count }, { onAccepted }) => {
    const { db } = paid.app
    const write = db.write.bind(db)
    const [beating, beaten] = [gate(), gate()]
    db.write = async (unit) => {
      const done = await write(unit)
      beating.open()
      await beaten.opened
      return done
    }
    await beating.opened
    db.write = () => Promise.reject(new Error('no room'))
    await onAccepted('up_1')
    db.write = write
    beaten.open()
    await within(5_000, async () => (await upstreamIds(db))[0] === 'up_1')
    return pictures(count)
  })
  await using paid = paidApp(provider, { leaseMs: 600 })
  expect((await paid.pay()).generation).toMatchObject({ status: 'completed', cost: PRICE })
  await expectSpent(paid, PRICE)
})

async function upstreamIds(db: Db): Promise<(string | null)[]> {
  const rows = await db.read(() =>
    query((sql) => sql.selectFrom('generation').select('upstream_id')),
  )
  return rows.map(({ upstream_id }) => upstream_id)
}

test('a process without the key for it leaves finished work to one that has it', async () => {
  using home = temporaryFolder()
  await using fal = await startFalEmulator({ runMs: 300 })
  const place = { fal, home: home.path }
  const withKey = { FAL_KEY: fal.key, INKWELL_FAL_BASE_URL: fal.url }
  const withoutKey = { INKWELL_FAL_KEY: fal.key, INKWELL_FAL_BASE_URL: fal.url }
  const minutes = (count: number) => () => Date.now() + count * 60_000
  const first = await liveApp({ ...place, env: withKey })
  const answer = await first.call('generateImage', CHEAP, { maxWaitMs: 50 })
  await within(10_000, () => (fal.jobs[0]?.polls ?? 0) > 0)
  await first.app.close() // it dies before it can settle
  await using second = await liveApp({ ...place, env: withoutKey, now: minutes(20) })
  await second.app.generations.recover()
  expect(await second.books()).toMatchObject({ held: 3_000, holds: ['held'] })
  await using third = await liveApp({ ...place, env: withKey, now: minutes(40) })
  await third.app.generations.recover()
  await third.app.drain(10_000)
  await expectDelivered(third, idOf(answer))
})
