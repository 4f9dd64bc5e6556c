import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { lookUp } from '../../src/generations/wait.ts'
import { gate, pictures, promptly, scripted, slowly } from '../support/slow-provider.ts'
import { expectSpent, holdsOf, paidApp, PRICE, until } from './paid-app.ts'
import { onEachEngine } from '../support/engines.ts'

test('a call cancelled while its hold is being written never reaches the provider', async () => {
  const provider = scripted(promptly)
  await using paid = paidApp(provider)
  await paid.pay()
  const otherProcess = new Database(join(paid.home, 'test.db'))
  otherProcess.exec('begin immediate')
  const controller = new AbortController()
  const call = paid.pay({ signal: controller.signal }).catch((error: unknown) => error)
  await sleep(50) // the hold waits for the other process
  controller.abort()
  otherProcess.exec('rollback')
  otherProcess.close()
  expect(await call).toMatchObject({ code: 'cancelled' })
  expect(provider.calls).toBe(1)
  await expectSpent(paid, PRICE)
})

onEachEngine(() => {
  test('a call cancelled before it starts holds nothing and never reaches the provider', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    await expect(paid.pay({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(provider.calls).toBe(0)
    expect(await holdsOf(paid)).toEqual([])
  })

  test('a call cancelled at work whose provider stops is released, and its key is free', async () => {
    const provider = scripted(slowly(10_000))
    await using paid = paidApp(provider)
    const controller = new AbortController()
    const call = paid.pay({ signal: controller.signal, idempotencyKey: 'fox' })
    await until(() => provider.calls === 1)
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    expect((await holdsOf(paid)).map(({ state }) => state)).toEqual(['released'])
    await expectSpent(paid, 0)
    provider.run = promptly
    expect((await paid.pay({ idempotencyKey: 'fox' })).replayed).toBe(false)
    await expectSpent(paid, PRICE)
  })

  test('a cancel that comes too late is charged once, and the picture can be fetched', async () => {
    const finish = gate()
    const provider = scripted(async ({ count }) => {
      await finish.opened
      return pictures(count)
    })
    await using paid = paidApp(provider)
    const controller = new AbortController()
    const call = paid.pay({ signal: controller.signal, idempotencyKey: 'fox' })
    await until(() => provider.calls === 1)
    controller.abort()
    finish.open()
    const { generation } = await call
    expect(generation).toMatchObject({ status: 'completed', cost: PRICE })
    const caller = paid.app.localCaller('test')
    expect(await lookUp(paid.app.generations, caller, generation.id)).toEqual(generation)
    expect((await paid.pay({ idempotencyKey: 'fox' })).replayed).toBe(true)
    await expectSpent(paid, PRICE)
  })

  test('a caller who joined by key and cancels does not cancel the work of the first', async () => {
    const provider = scripted(slowly(200))
    await using paid = paidApp(provider)
    const first = paid.pay({ idempotencyKey: 'fox' })
    await until(() => provider.calls === 1)
    const controller = new AbortController()
    const second = paid.pay({ idempotencyKey: 'fox', signal: controller.signal })
    await sleep(50)
    controller.abort()
    expect((await first).generation.status).toBe('completed')
    await second.catch(() => {})
    await expectSpent(paid, PRICE)
  })
})
