import { expect, test } from 'vitest'
import { emptyDatabase, ENGINES } from '../support/databases.ts'
import { postgresProxy } from '../support/postgres-proxy.ts'
import { pictures, scripted } from '../support/slow-provider.ts'
import { expectSpent, paidApp, PRICE } from './paid-app.ts'

test.runIf(ENGINES.includes('postgres'))(
  'paid calls whose commits are lost on their way back are paid once, and keep their files',
  async () => {
    const { url } = await emptyDatabase('postgres')
    await using proxy = await postgresProxy(url)
    const provider = scripted(async ({ count }, { onAccepted }) => {
      proxy.loseCommits(1)
      await onAccepted('up_1')
      proxy.loseCommits(1) // of the capture
      return pictures(count)
    })
    await using paid = paidApp(provider, { env: { INKWELL_DATABASE_URL: proxy.url } })
    await paid.pay() // opens account and session
    const lostBefore = proxy.lost
    proxy.loseCommits(1) // of the hold
    const calls = [0, 1, 2, 3].map((number) => paid.pay({ idempotencyKey: `fox ${number}` }))
    const performed = await Promise.all(calls)
    expect(proxy.lost - lostBefore).toBeGreaterThan(4)
    expect(performed.map(({ generation, replayed }) => [generation.status, replayed])).toEqual(
      Array.from({ length: 4 }, () => ['completed', false]),
    )
    expect(provider.calls).toBe(5)
    expect(paid.files()).toHaveLength(5)
    await expectSpent(paid, 5 * PRICE)
  },
)
