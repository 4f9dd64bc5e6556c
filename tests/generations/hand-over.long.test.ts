import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { lookUp } from '../../src/generations/wait.ts'
import {
  gate,
  pictures,
  scripted,
  slowly,
  type ScriptedProvider,
} from '../support/slow-provider.ts'
import { expectSpent, holdsOf, paidApp, PRICE, until, type PaidApp } from './paid-app.ts'
import { onEachEngine } from '../support/engines.ts'

/** Work that ends when the door is opened, or is cancelled in time. */
function behindAGate(): { provider: ScriptedProvider; open: () => void } {
  const { open, opened } = gate()
  const provider = scripted(async (request, { signal, onProgress }) => {
    await Promise.race([opened, slowly(60_000)(request, { signal } as never)])
    onProgress({ fraction: 1, message: 'Done' })
    return pictures(request.count)
  })
  return { provider, open }
}

const look = ({ app }: PaidApp, id: string) => lookUp(app.generations, app.localCaller('test'), id)

onEachEngine(() => {
  test('a call that outlasts its patience answers running with what it holds, and is charged once', async () => {
    const { provider, open } = behindAGate()
    await using paid = paidApp(provider)
    const { generation, replayed } = await paid.pay({ count: 2, handOverMs: 50 })
    expect(generation).toMatchObject({ status: 'running', cost: 0, held: 2 * PRICE, assets: [] })
    expect(replayed).toBe(false)
    expect(await look(paid, generation.id)).toMatchObject({ status: 'running', held: 2 * PRICE })
    open()
    await until(async () => (await look(paid, generation.id)).status === 'completed')
    expect(await look(paid, generation.id)).toMatchObject({ cost: 2 * PRICE, held: 0 })
    expect(provider.calls).toBe(1)
    await expectSpent(paid, 2 * PRICE)
  })

  test('once handed over, the work is not cancelled by its caller going away', async () => {
    const { provider, open } = behindAGate()
    await using paid = paidApp(provider)
    const controller = new AbortController()
    const { generation } = await paid.pay({ handOverMs: 50, signal: controller.signal })
    controller.abort()
    await sleep(50)
    expect((await look(paid, generation.id)).status).toBe('running')
    open()
    await until(async () => (await look(paid, generation.id)).status === 'completed')
    await expectSpent(paid, PRICE)
  })

  test('once handed over, the work reports no more progress to a call that has been answered', async () => {
    const { provider, open } = behindAGate()
    await using paid = paidApp(provider)
    let reports = 0
    const { generation } = await paid.pay({ handOverMs: 50, onProgress: () => void (reports += 1) })
    reports = 0 // what was told before
    open()
    await until(async () => (await look(paid, generation.id)).status === 'completed')
    expect(reports).toBe(0)
  })

  test('a call with the key of handed-over work waits for it, and is a replay', async () => {
    const { provider, open } = behindAGate()
    await using paid = paidApp(provider)
    const first = await paid.pay({ handOverMs: 50, idempotencyKey: 'fox' })
    const still = await paid.pay({ handOverMs: 50, idempotencyKey: 'fox' })
    expect(still).toMatchObject({ replayed: true, generation: { status: 'running' } })
    const waiting = paid.pay({ idempotencyKey: 'fox' })
    open()
    const { generation, replayed } = await waiting
    expect([generation.id, generation.status, replayed]).toEqual([
      first.generation.id,
      'completed',
      true,
    ])
    expect(provider.calls).toBe(1)
    await expectSpent(paid, PRICE)
  })

  test('handed-over work that fails is looked up as failed, and nothing is charged', async () => {
    const { open, opened } = gate()
    const provider = scripted(async () => {
      await opened
      throw new Error('broken')
    })
    await using paid = paidApp(provider)
    const { generation } = await paid.pay({ handOverMs: 50 })
    open()
    await until(async () => (await look(paid, generation.id)).status === 'failed')
    expect(await look(paid, generation.id)).toMatchObject({
      cost: 0,
      failure: { code: 'internal' },
    })
    await expectSpent(paid, 0)
  })

  test('a process that ends politely waits for the work in hand and settles it', async () => {
    const provider = scripted(slowly(300))
    await using paid = paidApp(provider)
    const { generation } = await paid.pay({ handOverMs: 20 })
    await paid.app.drain(5_000)
    expect((await look(paid, generation.id)).status).toBe('completed')
    await expectSpent(paid, PRICE)
  })

  test('heartbeats keep a long job with its process: another that recovers all the time takes nothing', async () => {
    const provider = scripted(slowly(2_500))
    await using paid = paidApp(provider, { leaseMs: 1_000 })
    await using other = paidApp(scripted(slowly(0)), { home: paid.home, leaseMs: 1_000 })
    const call = paid.pay()
    await until(() => provider.calls === 1)
    const [before] = await holdsOf(paid)
    const done = new AbortController()
    const recovering = (async () => {
      while (!done.signal.aborted) {
        await other.app.generations.recover()
        await sleep(40)
      }
    })()
    const { generation } = await call.finally(() => done.abort())
    await recovering
    expect(generation).toMatchObject({ status: 'completed', cost: PRICE })
    const [after] = await holdsOf(paid)
    expect(after?.expires_at).toBeGreaterThan((before?.expires_at ?? 0) + 500) // kept alive too
    expect(other.lines).toEqual([])
    await expectSpent(paid, PRICE)
  })
})
