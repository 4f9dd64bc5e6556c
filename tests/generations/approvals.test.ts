import { describe, expect, test } from 'vitest'
import { APPROVAL_MS } from '../../src/approvals/ask.ts'
import { LOCAL_ACCOUNT } from '../../src/accounts/sessions.ts'
import { suspendAccount } from '../../src/operator/accounts.ts'
import { onEachEngine } from '../support/engines.ts'
import { promptly, scripted, slowly } from '../support/slow-provider.ts'
import { asked, ASKS, BOTH, expectHeld, listed, movable, refused, says, TWO } from './asking.ts'
import { expectSpent, holdsOf, paidApp, PRICE } from './paid-app.ts'

/** How often two servers race. */
const ROUNDS = 8

onEachEngine(() => {
  describe('a call above the limit', () => {
    test('asks, holds its price and makes nothing; one at the limit passes', async () => {
      const provider = scripted(promptly)
      await using paid = paidApp(provider, { env: ASKS })
      await paid.pay()
      expect(provider.calls).toBe(1)
      expect(await refused(paid.pay(TWO))).toMatchObject({
        code: 'approval_required',
        required: { micro: BOTH },
        limit: { micro: PRICE },
        approval: { status: 'pending' },
      })
      expect(provider.calls).toBe(1)
      await expectHeld(paid, BOTH, PRICE)
    })

    test('made many times at once by two servers is one approval and one hold', async () => {
      await using here = paidApp(scripted(promptly), { env: ASKS })
      await using there = paidApp(scripted(promptly), { env: ASKS, home: here.home })
      await here.pay() // opens the session: else its row would keep the calls apart
      for (let round = 1; round <= ROUNDS; round += 1) {
        const wish = { ...TWO, prompt: `fox ${round}` }
        const calls = Array.from({ length: 8 }, (_, n) => asked(n % 2 === 0 ? here : there, wish))
        expect(new Set(await Promise.all(calls)).size).toBe(1)
        await expectHeld(here, round * BOTH, PRICE)
      }
      const [newest] = await listed(here)
      expect(newest).toMatchObject({ amount: BOTH, count: 2, prompt: `fox ${ROUNDS}` })
    })

    test('is asked for by the smaller limit of server and key', async () => {
      await using paid = paidApp(scripted(promptly), { env: { INKWELL_APPROVE_ABOVE_USD: '1' } })
      const caller = { ...paid.app.localCaller('test'), approveAbove: PRICE }
      await paid.pay({ caller })
      await paid.pay(TWO)
      await asked(paid, { ...TWO, caller })
      expect(await listed(paid)).toHaveLength(1)
      await expectHeld(paid, BOTH, PRICE + BOTH)
    })

    test('counts in every budget while it waits', async () => {
      const env = { ...ASKS, INKWELL_MAX_USD_PER_RUN: '0.10' }
      await using paid = paidApp(scripted(promptly), { env })
      const id = await asked(paid)
      expect(await refused(paid.pay())).toMatchObject({
        code: 'session_budget_exceeded',
        held: { micro: BOTH },
        hint: expect.stringMatching(/^Only .* a call that waits for an approval stands .* UTC/),
      })
      await says(paid, id, 'refuse')
      await paid.pay()
      await expectSpent(paid, PRICE)
    })

    test('is refused while 20 of its key wait', async () => {
      await using paid = paidApp(scripted(promptly), { env: { INKWELL_APPROVE_ABOVE_USD: '0' } })
      for (let calls = 0; calls < 20; calls += 1) await asked(paid, { prompt: `fox ${calls}` })
      expect(await refused(paid.pay())).toMatchObject({ code: 'rate_limited' })
      expect(await listed(paid)).toHaveLength(20)
      await expectHeld(paid, 20 * PRICE)
    })
  })

  describe('once it is approved', () => {
    test('the same call goes on under its hold, and is charged once', async () => {
      const provider = scripted(promptly)
      await using paid = paidApp(provider, { env: ASKS })
      const id = await asked(paid)
      const [waits] = await listed(paid)
      await says(paid, id, 'approve')
      await expectHeld(paid, BOTH)
      const { generation, replayed } = await paid.pay(TWO)
      expect({ id: generation.id, replayed }).toEqual({ id: waits?.generation_id, replayed: false })
      await expectSpent(paid, BOTH)
      expect(await holdsOf(paid)).toMatchObject([{ id: generation.id, state: 'captured' }])
      expect(await listed(paid)).toMatchObject([
        { status: 'used', prompt: null, decided_by: 'ada' },
      ])
      expect(await asked(paid)).not.toBe(id)
      expect(provider.calls).toBe(1)
    })

    test.each([1, 2])('by %i servers at once, of 16 equal calls one goes on', async (servers) => {
      const provider = scripted(slowly(50))
      await using here = paidApp(provider, { env: ASKS })
      await using there = paidApp(provider, { env: ASKS, home: here.home })
      const id = await asked(here)
      const both = [here, servers === 1 ? here : there]
      await Promise.all(both.map((paid) => says(paid, id, 'approve')))
      const brief = { ...TWO, handOverMs: 1_000 }
      const calls = Array.from({ length: 16 }, (_, n) => (both[n % 2] ?? here).pay(brief))
      const ends = await Promise.allSettled(calls)
      const own = ends.filter((end) => end.status === 'fulfilled' && !end.value.replayed)
      expect(own).toHaveLength(1)
      const codes = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []))
      expect(new Set(codes)).toEqual(new Set(['approval_required']))
      expect(provider.calls).toBe(1)
      await expectHeld(here, BOTH, BOTH) // the others have asked anew, together
      expect(await listed(here)).toMatchObject([{ status: 'pending' }, { status: 'used' }])
    })

    test('another server goes on after the first has stopped', async () => {
      await using here = paidApp(scripted(promptly), { env: ASKS })
      await using there = paidApp(scripted(promptly), { env: ASKS, home: here.home })
      const id = await asked(here)
      await here.app.close()
      await says(there, id, 'approve')
      expect((await there.pay(TWO)).replayed).toBe(false)
      await expectSpent(there, BOTH)
    })

    test('a call with an idempotency key goes on, and its repetition is the same generation', async () => {
      const provider = scripted(promptly)
      await using paid = paidApp(provider, { env: ASKS })
      const keyed = { ...TWO, idempotencyKey: 'two' }
      await says(paid, await asked(paid, keyed), 'approve')
      const first = await paid.pay(keyed)
      const again = await paid.pay(keyed)
      expect(again).toMatchObject({ replayed: true, generation: { id: first.generation.id } })
      expect(provider.calls).toBe(1)
      await expectSpent(paid, BOTH)
    })

    test('an idempotency key that has its generation leaves the approval for another call', async () => {
      await using paid = paidApp(scripted(promptly), { env: ASKS })
      const keyed = { ...TWO, idempotencyKey: 'two' }
      await says(paid, await asked(paid, keyed), 'approve')
      await paid.pay(keyed)
      const id = await asked(paid)
      await says(paid, id, 'approve')
      expect((await paid.pay(keyed)).replayed).toBe(true)
      expect(await listed(paid, false)).toMatchObject([{ id, status: 'approved' }])
    })

    test('other arguments are another call', async () => {
      await using paid = paidApp(scripted(promptly), { env: ASKS })
      await says(paid, await asked(paid), 'approve')
      await asked(paid, { count: 2, prompt: 'a wolf' })
      expect(await listed(paid)).toMatchObject([{ status: 'pending' }, { status: 'approved' }])
      await expectHeld(paid, 2 * BOTH)
    })

    test('it waits 15 minutes for the call, and expires', async () => {
      const { clock, now } = movable()
      await using paid = paidApp(scripted(promptly), { env: ASKS, now })
      const id = await asked(paid)
      clock.at += APPROVAL_MS - 1
      await says(paid, id, 'approve')
      clock.at += APPROVAL_MS - 1
      await paid.app.generations.recover()
      await expectHeld(paid, BOTH)
      clock.at += 1
      expect(await asked(paid)).not.toBe(id)
      expect(await listed(paid)).toMatchObject([{ status: 'pending' }, { id, status: 'expired' }])
      await expectHeld(paid, BOTH)
    })

    test('a suspended account makes nothing', async () => {
      const provider = scripted(promptly)
      await using paid = paidApp(provider, { env: ASKS })
      await says(paid, await asked(paid), 'approve')
      const author = { id: 'aud_1', by: 'ada', at: paid.app.now() }
      await paid.app.db.write(() => suspendAccount(LOCAL_ACCOUNT.id, 'late', author))
      expect(await refused(paid.pay(TWO))).toMatchObject({ code: 'forbidden' })
      expect(provider.calls).toBe(0)
      await expectHeld(paid, BOTH)
    })

    test('a failure costs nothing, and the same call asks anew', async () => {
      const failing = scripted(async () => {
        throw new Error('broken')
      })
      await using paid = paidApp(failing, { env: ASKS })
      const id = await asked(paid)
      await says(paid, id, 'approve')
      expect(await refused(paid.pay(TWO))).toMatchObject({ code: 'internal' })
      await expectSpent(paid, 0)
      expect(await asked(paid)).not.toBe(id)
    })
  })
})
