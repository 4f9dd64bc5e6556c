import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { TransactionBody } from '../../src/db/db.ts'
import type { Generation } from '../../src/generations/generation.ts'
import { lookUp } from '../../src/generations/wait.ts'
import {
  gate,
  pictures,
  promptly,
  scripted,
  type Resume,
  type Script,
} from '../support/slow-provider.ts'
import { expectSpent, holdsOf, paidApp, PRICE, until, type PaidApp } from './paid-app.ts'
import { onEachEngine } from '../support/engines.ts'

const HOUR = 3_600_000

/** Work that tells its upstream id, then waits behind a gate: a process that stalls and comes back. */
function stalled(upstreamId: string | null, deliver: Script, resume?: Resume) {
  const { open, opened } = gate()
  const provider = scripted(async (request, options) => {
    if (upstreamId !== null) await options.onAccepted(upstreamId)
    ready.open()
    await opened
    return await deliver(request, options)
  }, resume)
  const ready = gate()
  return { provider, open, working: ready.opened }
}

/** Another process on the same ledger, an hour ahead: every lease and hold has run out for it. */
const later = (paid: PaidApp, provider = scripted(async () => pictures(1))) =>
  paidApp(provider, { home: paid.home, now: () => Date.now() + HOUR })

const look = ({ app }: PaidApp, id: string) => lookUp(app.generations, app.localCaller('test'), id)

function expectIntact({ app }: PaidApp, { assets }: Generation): void {
  for (const asset of assets) {
    const path = app.generations.files.localPath(asset) ?? ''
    expect(existsSync(path)).toBe(true)
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(asset.sha256)
  }
}

onEachEngine(() => {
  test('work whose hold was released meanwhile gives nothing out and leaves no file', async () => {
    const { provider, open, working } = stalled(null, async () => pictures(2))
    await using paid = paidApp(provider)
    const call = paid.pay({ count: 2 }).catch((error: unknown) => error)
    await working
    await using other = later(paid)
    await other.app.generations.recover()
    open()
    expect(await call).toMatchObject({ code: 'upstream_unavailable' })
    expect(paid.files()).toEqual([])
    await expectSpent(paid, 0)
  })

  test('work whose hold expired meanwhile gives nothing out and leaves no file', async () => {
    const { provider, open, working } = stalled(null, async () => pictures(1))
    await using paid = paidApp(provider)
    const call = paid.pay().catch((error: unknown) => error)
    await working
    await using other = later(
      paid,
      scripted(
        async () => pictures(1),
        async () => pictures(1),
      ),
    )
    await other.app.generations.recover()
    expect((await holdsOf(paid)).map(({ state }) => state)).toEqual(['expired'])
    open()
    expect(await call).toMatchObject({ code: 'upstream_unavailable' })
    expect(paid.files()).toEqual([])
    await expectSpent(paid, 0)
  })

  test('a result that another process fetched and charged is answered by the first one too', async () => {
    const { provider, open, working } = stalled('up_1', async () => pictures(1, 'up_1'))
    await using paid = paidApp(provider)
    const call = paid.pay()
    await working
    const helper = scripted(
      async () => pictures(1),
      async (id) => pictures(1, id),
    )
    await using other = later(paid, helper)
    await other.app.generations.recover()
    await other.app.drain(5_000)
    open()
    const { generation } = await call
    expect(helper.resumed).toEqual(['up_1'])
    expect(generation).toMatchObject({ status: 'completed', cost: PRICE })
    expectIntact(paid, generation)
    expect(paid.files()).toHaveLength(1)
    await expectSpent(paid, PRICE)
  })

  test('a slower process that got less of a job keeps its hands off the files that were charged', async () => {
    const { provider, open, working } = stalled('up_1', async () => pictures(1))
    await using paid = paidApp(provider)
    const call = paid.pay({ count: 2 }).catch((error: unknown) => error)
    await working
    const helper = scripted(
      async () => pictures(1),
      async () => pictures(2),
    )
    await using other = later(paid, helper)
    await other.app.generations.recover()
    await other.app.drain(5_000)
    const [hold] = await holdsOf(paid)
    expect(await look(other, hold?.id ?? '')).toMatchObject({ cost: 2 * PRICE })
    open()
    await call
    await paid.app.drain(5_000)
    const generation = await look(paid, hold?.id ?? '')
    expect(generation.assets).toHaveLength(2)
    expectIntact(paid, generation)
    await expectSpent(paid, 2 * PRICE)
  })

  test('a slower process whose copy differs leaves the files that were charged as they were', async () => {
    const { provider, open, working } = stalled('up_1', async () => pictures(1, 'another encoding'))
    await using paid = paidApp(provider)
    const call = paid.pay()
    await working
    const helper = scripted(
      async () => pictures(1),
      async () => pictures(1, 'the first encoding'),
    )
    await using other = later(paid, helper)
    await other.app.generations.recover()
    await other.app.drain(5_000)
    open()
    const { generation } = await call
    expect(generation.assets).toHaveLength(1)
    expectIntact(paid, generation)
    await expectSpent(paid, PRICE)
  })

  test('a slower process that fails does not undo what another charged', async () => {
    const { provider, open, working } = stalled('up_1', async () => {
      throw new Error('broken')
    })
    await using paid = paidApp(provider)
    const call = paid.pay()
    await working
    const helper = scripted(
      async () => pictures(1),
      async () => pictures(1),
    )
    await using other = later(paid, helper)
    await other.app.generations.recover()
    await other.app.drain(5_000)
    open()
    const { generation } = await call
    expect(generation).toMatchObject({ status: 'completed', cost: PRICE })
    expectIntact(paid, generation)
    await expectSpent(paid, PRICE)
  })

  test('a clock that jumps an hour ahead does not make a process take its own work over', async () => {
    let ahead = 0
    const resume = async () => await Promise.reject(new Error('it is not lost'))
    const { provider, open, working } = stalled('up_1', async () => pictures(1), resume)
    await using paid = paidApp(provider, { now: () => Date.now() + ahead })
    const call = paid.pay({ idempotencyKey: 'fox' })
    await working
    ahead = HOUR
    await paid.app.generations.recover()
    const joined = paid.pay({ idempotencyKey: 'fox' })
    open()
    expect((await call).generation.status).toBe('completed')
    expect((await joined).replayed).toBe(true)
    await until(async () => (await paid.funds()).held === 0)
    await expectSpent(paid, PRICE)
  })

  test('a process that closes without waiting leaves its work to the next one', async () => {
    const { provider, open, working } = stalled(null, async () => pictures(1))
    await using paid = paidApp(provider)
    const { generation } = await paid.pay({ handOverMs: 20 })
    await working
    await paid.app.close()
    open()
    await paid.app.drain(5_000)
    await using other = later(paid)
    expect(await look(other, generation.id)).toMatchObject({ status: 'failed', cost: 0 })
    await expectSpent(other, 0)
  })

  test('all that a dead process held is settled by one look, however many calls that were', async () => {
    const { provider, open } = stalled(null, async () => pictures(4))
    await using paid = paidApp(provider)
    const calls = Array.from({ length: 25 }, () => paid.pay({ count: 4 }).catch(() => {}))
    await until(() => provider.calls === 25) // all five dollars are held
    await using other = later(paid)
    await other.app.generations.recover()
    const { held } = await other.funds()
    open()
    await Promise.all(calls)
    expect(held).toBe(0)
    await expectSpent(paid, 0)
  })

  test('one lost job that cannot be taken over does not stop the others', async () => {
    const { provider, open } = stalled('up_1', async () => pictures(1))
    await using paid = paidApp(provider)
    const calls = [paid.pay(), paid.pay()].map((call) => call.catch(() => {}))
    await until(() => provider.calls === 2)
    const [first] = await holdsOf(paid)
    await paid.app.db.write(function* damage(): TransactionBody<void> {
      yield () => ({
        sql: `update generation set request = '?' where id = '${first?.id}'`,
        parameters: [],
      })
    })
    const helper = scripted(
      async () => pictures(1),
      async () => pictures(1),
    )
    await using other = later(paid, helper)
    await other.app.generations.recover()
    await other.app.drain(5_000)
    open()
    await Promise.all(calls)
    expect(helper.resumed).toEqual(['up_1'])
  })

  test('taking a lost job over leaves the work of living processes to them', async () => {
    const lost = stalled(null, async () => pictures(1))
    const alive = stalled(null, async () => pictures(1))
    await using paid = paidApp(lost.provider, { now: () => Date.now() - HOUR })
    await using living = paidApp(alive.provider, { home: paid.home })
    const ended = paid.pay().catch(() => {})
    await lost.working // its clock is behind, so it has to open the account
    const call = living.pay()
    await alive.working
    await using other = paidApp(scripted(promptly), { home: paid.home })
    await other.app.generations.recover()
    expect((await holdsOf(paid)).map(({ state }) => state)).toEqual(['released', 'held'])
    for (const each of [lost, alive]) each.open()
    expect(await call).toMatchObject({ generation: { status: 'completed' } })
    await ended
    await expectSpent(living, PRICE)
  })
})
