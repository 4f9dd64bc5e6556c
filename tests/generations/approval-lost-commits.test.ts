import { expect, test } from 'vitest'
import { emptyDatabase, ENGINES } from '../support/databases.ts'
import { postgresProxy } from '../support/postgres-proxy.ts'
import { promptly, scripted } from '../support/slow-provider.ts'
import { asked, ASKS, BOTH, listed, says, TWO } from './asking.ts'
import { expectSpent, paidApp } from './paid-app.ts'

test.runIf(ENGINES.includes('postgres'))(
  'an approval whose commits are lost on their way back is asked, given and used once',
  async () => {
    const { url } = await emptyDatabase('postgres')
    await using proxy = await postgresProxy(url)
    const provider = scripted(promptly)
    const env = { ...ASKS, INKWELL_DATABASE_URL: proxy.url }
    await using paid = paidApp(provider, { env })
    await paid.app.ready(paid.app.localCaller('test'))
    const lostBefore = proxy.lost
    proxy.loseCommits(1)
    const id = await asked(paid)
    proxy.loseCommits(1)
    await says(paid, id, 'approve')
    proxy.loseCommits(1)
    await paid.pay(TWO)
    expect(proxy.lost - lostBefore).toBe(3)
    expect(provider.calls).toBe(1)
    expect(await listed(paid)).toMatchObject([{ id, status: 'used' }])
    await expectSpent(paid, BOTH)
  },
)
