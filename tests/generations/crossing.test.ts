import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { heldBack, promptly, scripted } from '../support/slow-provider.ts'
import { expectSpent, paidApp, PRICE } from './paid-app.ts'
import { onEachEngine } from '../support/engines.ts'

const HOUR = 3_600_000

onEachEngine(() => {
  test('a process that takes work over just as it is charged leaves its files alone', async () => {
    const { provider, working, done } = heldBack()
    await using paid = paidApp(provider)
    const call = paid.pay()
    await working.opened
    const other = createApp(paid.app.config, {
      log: paid.app.log,
      now: () => Date.now() + HOUR, // every lease has run out for it
      openLocalProvider: async () => {
        done.open() // it is taken over by now, and its own process comes back
        await call
        return scripted(promptly)
      },
    })
    await other.generations.recover()
    await other.close()
    const { generation } = await call
    expect(generation).toMatchObject({ status: 'completed', cost: PRICE })
    expect(
      generation.assets.every((asset) =>
        existsSync(paid.app.generations.files.localPath(asset) ?? ''),
      ),
    ).toBe(true)
    await expectSpent(paid, PRICE)
  })
})
