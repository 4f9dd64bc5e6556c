import { describe, expect, test } from 'vitest'
import { APPROVAL_MS } from '../../src/approvals/ask.ts'
import { decide } from '../../src/approvals/decide.ts'
import { insertApproval, useApproved } from '../../src/approvals/queries.ts'
import { query, type Db } from '../../src/db/db.ts'
import { dryRun } from '../../src/generations/dry-run.ts'
import { onEachEngine } from '../support/engines.ts'
import { promptly, scripted } from '../support/slow-provider.ts'
import { asked, ASKS, BOTH, expectHeld, listed, movable, refused, says, TWO } from './asking.ts'
import { expectSpent, holdsOf, paidApp, pictureOf, PRICE } from './paid-app.ts'

onEachEngine(() => {
  describe('a decision', () => {
    test('to refuse gives the hold back, and the same call is told for 15 minutes', async () => {
      const { clock, now } = movable()
      await using paid = paidApp(scripted(promptly), { env: ASKS, now })
      const id = await asked(paid)
      await says(paid, id, 'refuse')
      await says(paid, id, 'refuse')
      await expectSpent(paid, 0)
      const told = { code: 'approval_required', approval: { id, status: 'refused' } }
      expect(await refused(paid.pay(TWO))).toMatchObject(told)
      await expect(says(paid, id, 'approve')).rejects.toMatchObject({ code: 'not_found' })
      clock.at += APPROVAL_MS
      expect(await asked(paid)).not.toBe(id)
    })

    test('to approve can be taken back until the call is made', async () => {
      await using paid = paidApp(scripted(promptly), { env: ASKS })
      const id = await asked(paid)
      await says(paid, id, 'approve')
      expect(await says(paid, id, 'refuse')).toMatchObject({ status: 'refused' })
      await expectSpent(paid, 0)
    })

    test('after 15 minutes comes too late: the hold is given back', async () => {
      const { clock, now } = movable()
      await using paid = paidApp(scripted(promptly), { env: ASKS, now })
      const id = await asked(paid)
      clock.at += APPROVAL_MS
      for (const answer of ['approve', 'refuse'] as const)
        await expect(says(paid, id, answer)).rejects.toMatchObject({ code: 'not_found' })
      await paid.app.generations.recover()
      await expectSpent(paid, 0)
      expect(await holdsOf(paid)).toMatchObject([{ state: 'expired' }])
    })

    test('at the moment of the expiry is approved or expired, and never both', async () => {
      const { clock, now } = movable()
      await using here = paidApp(scripted(promptly), { env: ASKS, now })
      const late = () => clock.at + 1
      await using there = paidApp(scripted(promptly), { env: ASKS, now: late, home: here.home })
      for (let round = 0; round < 10; round += 1) {
        const id = await asked(here, { count: 2, prompt: `fox ${round}` })
        clock.at += APPROVAL_MS - 1
        const approving = says(here, id, 'approve').then(
          () => 'approved',
          () => 'expired',
        )
        await there.app.generations.recover()
        const end = await approving
        const [found] = await listed(here)
        expect(found).toMatchObject({ id, status: end })
        await expectHeld(here, end === 'approved' ? BOTH : 0)
        if (end === 'approved') await says(here, id, 'refuse')
      }
    })

    test('on the approval of another account or key finds nothing', async () => {
      await using paid = paidApp(scripted(promptly), { env: ASKS })
      const id = await asked(paid)
      const { db, now } = paid.app
      const answer = { says: 'approve', by: 'eve', at: now() } as const
      for (const other of [{ accountId: 'acct_other' }, { keyId: 'key_other' }])
        await expect(db.write(() => decide({ id, ...other }, answer))).rejects.toMatchObject({
          code: 'not_found',
        })
      expect(await listed(paid)).toMatchObject([{ status: 'pending' }])
    })
  })

  test('the writes themselves allow one open question for a call, and one use of it', async () => {
    await using paid = paidApp(scripted(promptly), { env: ASKS })
    const { db, now } = paid.app
    const id = await asked(paid)
    const [waits] = await db.read(() => query((b) => b.selectFrom('approval').selectAll()))
    if (waits === undefined) throw new Error('nobody was asked')
    const again = { ...waits, id: 'apr_again', generation_id: 'gen_again' }
    expect(await db.write(() => insertApproval(again))).toEqual([])
    await says(paid, id, 'approve')
    const use = { id, account_id: waits.account_id, at: now() }
    const uses = ['call_1', 'call_2'].map((used_by) => ({ ...use, used_by }))
    expect(await runAndUndo(db, uses)).toEqual([1, 0])
  })

  test('a price that has changed is asked for anew, and the old hold given back', async () => {
    await using paid = paidApp(scripted(promptly), { env: ASKS })
    const id = await asked(paid)
    await says(paid, id, 'approve')
    const { models } = paid.app.generations.rates
    const model = models.get('fal-ai/flux-2-flex')
    if (model === undefined) throw new Error('no such model')
    const dearer = new Map(models).set(model.id, { ...model, price: 2 * PRICE } as typeof model)
    Object.assign(paid.app.generations, {
      rates: { ...paid.app.generations.rates, models: dearer },
    })
    expect(await asked(paid)).not.toBe(id)
    await expectHeld(paid, 2 * BOTH)
  })

  test('a quote tells that a person has to approve, and asks nobody; once approved it is allowed', async () => {
    await using paid = paidApp(scripted(promptly), { env: ASKS })
    const { app } = paid
    const quote = () =>
      dryRun(app.generations, pictureOf('a fox', 2), app.localCaller('test'), {
        maxCost: null,
        signal: new AbortController().signal,
      })
    expect(await quote()).toMatchObject({ refusal: { code: 'approval_required' } })
    expect(await listed(paid)).toEqual([])
    await says(paid, await asked(paid), 'approve')
    expect(await quote()).toMatchObject({ refusal: null })
    expect(await listed(paid)).toMatchObject([{ status: 'approved' }])
    await paid.pay(TWO)
    await expectSpent(paid, BOTH)
  })
})

class Undone extends Error {}

/** How many rows each of these uses of an approval changes, in one transaction that is rolled back. */
async function runAndUndo(
  db: Db,
  uses: readonly Parameters<typeof useApproved>[0][],
): Promise<number[]> {
  const counts: number[] = []
  await db
    .write(function* run() {
      counts.length = 0
      for (const use of uses) counts.push((yield* useApproved(use)).length)
      throw new Undone()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error
    })
  return counts
}
