import { expect, test } from 'vitest'
import { onEachEngine } from '../support/engines.ts'
import { gate, heldBack, promptly, scripted, tinyPng } from '../support/slow-provider.ts'
import { expectSpent, GRANT, paidApp, PRICE } from './paid-app.ts'

onEachEngine(() => {
  test('files that are being saved when the process ends are charged', async () => {
    const saving = gate()
    const rest = gate()
    const bytes = async function* slowly() {
      const picture = tinyPng('slow')
      yield picture.subarray(0, 40)
      saving.open()
      await rest.opened
      yield picture.subarray(40)
    }
    await using paid = paidApp(scripted(async () => ({ outputs: [{ bytes: bytes() }], notes: [] })))
    await using later = paidApp(scripted(promptly), { home: paid.home })
    paid.pay().catch(() => {}) // its answer may not be read any more
    await saving.opened
    const closed = paid.app.close()
    rest.open()
    await closed
    await expectSpent(later, PRICE)
    expect(later.files()).toHaveLength(1)
  })

  test('work that ends after its process has begun to end leaves no file', async () => {
    const { provider, working, done } = heldBack()
    await using paid = paidApp(provider)
    await using later = paidApp(scripted(promptly), { home: paid.home })
    paid.pay().catch(() => {})
    await working.opened
    await paid.app.close()
    done.open()
    await paid.app.drain(10_000)
    expect(later.files()).toEqual([])
    expect(await later.funds()).toEqual({ available: GRANT - PRICE, held: PRICE, spent: 0 })
  })
})
