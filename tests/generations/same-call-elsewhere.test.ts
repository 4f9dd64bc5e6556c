import { expect, test } from 'vitest'
import { firstOrThrow, query } from '../../src/db/db.ts'
import { onEachEngine } from '../support/engines.ts'
import { gate, pictures, promptly, scripted } from '../support/slow-provider.ts'
import { expectSpent, paidApp, PRICE, until, type PaidApp } from './paid-app.ts'

const LEASE_MS = 30_000

/** Work that is accepted as `up_1` and goes on until it is let go. */
function endless() {
  const { open, opened } = gate()
  const provider = scripted(
    async ({ count }, { onAccepted }) => {
      await onAccepted('up_1')
      await opened
      return pictures(count)
    },
    async (_, { count }) => pictures(count),
  )
  return { provider, open }
}

/** Another process on the same ledger, which can finish what that one began. */
function beside({ home }: PaidApp): PaidApp {
  return paidApp(
    scripted(promptly, async (_, { count }) => pictures(count)),
    { home },
  )
}

async function idOfOnly({ app: { db } }: PaidApp): Promise<string> {
  return firstOrThrow(
    await db.read(() => query((from) => from.selectFrom('generation').select('id'))),
  ).id
}

onEachEngine(() => {
  test('the same call right after its process was killed waits for the lease to end, and joins what was begun', async () => {
    const { provider, open } = endless()
    // No heartbeat comes, and the lease ends in 1.5 s: so it looks when the process was killed.
    const now = (): number => Date.now() - LEASE_MS + 1_500
    await using killed = paidApp(provider, { now, leaseMs: LEASE_MS })
    const lost = killed.pay().catch(() => {})
    await until(() => provider.calls === 1)
    const id = await idOfOnly(killed)
    {
      await using next = beside(killed)
      const answer = await next.pay()
      expect(answer).toMatchObject({ replayed: true, generation: { id, cost: PRICE } })
      await expectSpent(next, PRICE)
    }
    open()
    await lost
    await expectSpent(killed, PRICE)
  })

  test('the same call while a living process works on it is a second wish', async () => {
    const { provider, open } = endless()
    await using alive = paidApp(provider, { leaseMs: 900 })
    const first = alive.pay()
    await until(() => provider.calls === 1)
    await using other = beside(alive)
    expect(await other.pay()).toMatchObject({ replayed: false, generation: { cost: PRICE } })
    open()
    expect(await first).toMatchObject({ replayed: false, generation: { cost: PRICE } })
    await expectSpent(other, 2 * PRICE)
  })

  test('the same call that cannot wait for a sign of life joins what was begun', async () => {
    const { provider, open } = endless()
    await using silent = paidApp(provider)
    const first = silent.pay()
    await until(() => provider.calls === 1)
    const id = await idOfOnly(silent)
    await using other = beside(silent)
    const answer = await other.pay({ handOverMs: 0 })
    expect(answer).toMatchObject({ replayed: true, generation: { id, status: 'running' } })
    open()
    await first
    await expectSpent(silent, PRICE)
  })

  test('the same call after its process was killed between the charge and the answer joins what was charged', async () => {
    const now = (): number => Date.now() - LEASE_MS + 1_500 // the lease ends in 1.5 s
    await using killed = paidApp(scripted(promptly), { now, leaseMs: LEASE_MS })
    const { generation } = await killed.pay() // nobody notes that its answer was heard
    await using next = beside(killed)
    expect(await next.pay()).toMatchObject({ replayed: true, generation: { id: generation.id } })
    await expectSpent(next, PRICE)
  })

  test('the same call after a living process gave its answer is a second wish, without a wait', async () => {
    await using alive = paidApp(scripted(promptly))
    const { generation } = await alive.pay()
    alive.app.generations.answers.heard(generation.id)
    await alive.app.generations.answers.allNoted()
    await using other = beside(alive)
    expect(await other.pay()).toMatchObject({ replayed: false })
    await expectSpent(other, 2 * PRICE)
  })
})
