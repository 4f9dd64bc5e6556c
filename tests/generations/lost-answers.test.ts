import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { lookUp } from '../../src/generations/wait.ts'
import { onEachEngine } from '../support/engines.ts'
import { gate, pictures, promptly, scripted } from '../support/slow-provider.ts'
import { expectSpent, paidApp, PRICE, until } from './paid-app.ts'

onEachEngine(() => {
  test('a call that was handed over is joined by the same call of the same caller, until it is heard', async () => {
    const { open, opened } = gate()
    const provider = scripted(async ({ count }) => {
      await opened
      return pictures(count)
    })
    await using paid = paidApp(provider)
    const { generation } = await paid.pay({ handOverMs: 20 })
    expect(generation.status).toBe('running')

    const local = paid.app.localCaller('another session')
    const stranger = { ...local, keyId: 'key_other' }
    const theirs = await paid.pay({ caller: stranger, handOverMs: 20 })
    expect(theirs).toMatchObject({ replayed: false })
    expect(theirs.generation.id).not.toBe(generation.id)

    const again = paid.pay({ caller: local })
    open()
    expect(await again).toMatchObject({
      replayed: true,
      generation: { id: generation.id, status: 'completed', cost: PRICE },
    })
    paid.app.generations.answers.heard(generation.id)
    await paid.app.generations.answers.allNoted()
    expect(await paid.pay()).toMatchObject({ replayed: false })
    expect(provider.calls).toBe(3)
    await until(() => paid.app.generations.jobs.running(theirs.generation.id) === undefined)
    await expectSpent(paid, 3 * PRICE)
  })

  test('a call is joined though that its answer was lost is still being written', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    const { generation } = await paid.pay()
    const { db, generations } = paid.app
    const write = db.write.bind(db)
    const { open, opened } = gate()
    db.write = async (unit) => {
      await opened
      return await write(unit)
    }
    const noted = generations.answers.lost(generation.id)
    db.write = write
    const again = paid.pay()
    await sleep(300) // long enough for all that is done before work begins
    open()
    await noted
    expect(await again).toMatchObject({ replayed: true, generation: { id: generation.id } })
    await expectSpent(paid, PRICE)
  })

  test('a result asks to be noted as heard until it was', async () => {
    await using paid = paidApp(scripted(promptly))
    const { generation } = await paid.pay()
    const { generations } = paid.app
    const isUnheard = async () => {
      const found = await lookUp(generations, paid.app.localCaller('reader'), generation.id)
      return found.unheard
    }
    expect([await isUnheard(), await isUnheard()]).toEqual([true, true])
    generations.answers.heard(generation.id)
    await generations.answers.allNoted()
    expect([await isUnheard(), await isUnheard()]).toEqual([false, false])
  })

  test('64 of the same call at once, after one was lost: none of them pays again', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    const { generation } = await paid.pay()
    await paid.app.generations.answers.lost(generation.id)
    const answers = await Promise.all(Array.from({ length: 64 }, () => paid.pay()))
    expect(new Set(answers.map((answer) => answer.generation.id))).toEqual(new Set([generation.id]))
    await expectSpent(paid, PRICE)
  })
})
