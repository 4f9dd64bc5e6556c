import { expect, test } from 'vitest'
import {
  closePageSession,
  findPageSession,
  issuePageLink,
  PAGE_LINK_MS,
  PAGE_SESSION_MS,
  redeemPageLink,
} from '../../src/accounts/page-sessions.ts'
import { CLOCK_SLACK_MS } from '../../src/ledger/rules.ts'
import { reasonsOf } from '../../src/operator/audit.ts'
import { entryNumbers } from '../../src/usage/entry-numbers.ts'
import type { Question } from '../../src/usage/question.ts'
import { ACCOUNT, book, temporaryHome } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { credit } from '../support/operator-acts.ts'
import { day, NOW, OPENED, pageOf, WORK } from '../support/page-of.ts'

onEachEngine(() => {
  test('the page has what was spent this month, on each day, and what is left of each budget', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const page = await pageOf(home)
    const month = WORK.reduce((sum, { cost }) => sum + cost, 0)
    expect(page).toMatchObject({ used: month, balance: { available: 5_000_000 - month } })
    const { bars, parts, total } = page.spending
    expect(total).toEqual({ count: 25, cost: month })
    expect(bars).toHaveLength(28)
    expect(bars.at(-1)).toMatchObject({ from: '2026-02-28', to: '2026-02-28', cost: 10_024 })
    expect(bars.filter(({ count }) => count === 0)).toHaveLength(3)
    expect(parts.map(({ count }) => count)).toEqual([16, 9])
    for (const bar of bars) expect(bar.parts.reduce((sum, part) => sum + part)).toBe(bar.cost)
    expect(page.dailyPace).toBeCloseTo((7 * 10_021) / 7)
    expect(page.budgets).toMatchObject([
      { label: 'Today', limit: null, spent: 10_024, refunded: 0 },
      { label: 'This month', limit: 1_000_000, spent: month, remaining: 1_000_000 - month },
    ])
  })

  test('pages of the activity lead through every charge, down and up again', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const seen: number[] = []
    let place: Question['place'] = {}
    for (let pages = 0; pages < 3; pages += 1) {
      const { activity } = await pageOf(home, { place })
      expect(activity).toMatchObject({ skipped: seen.length, total: 25 })
      seen.push(...activity.rows.map(({ cost }) => cost))
      place = { before: activity.older ?? undefined }
    }
    expect(seen).toEqual(WORK.map(({ cost }) => cost).toReversed())
    const third = (await pageOf(home, { place: { before: 7 } })).activity
    expect(third.older).toBeNull()
    const second = (await pageOf(home, { place: { after: third.newer ?? 0 } })).activity
    expect(second.rows.map(({ cost }) => cost)).toEqual(seen.slice(10, 20))
    const first = (await pageOf(home, { place: { after: second.newer ?? 0 } })).activity
    expect(first).toMatchObject({ newer: null, skipped: 0 })
    expect(first.rows.map(({ cost }) => cost)).toEqual(seen.slice(0, 10))
  })

  test('credits of the operator are listed with their reason, as those of this account only', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    for (const amount of [500_000, -200_000])
      await home.withLedger((db) => db.write(() => credit({ accountId: ACCOUNT, amount }, NOW)))
    const { activity } = await pageOf(home, { filter: { kind: 'top-ups' } })
    expect(activity.rows.map(({ kind, about }) => [kind, about])).toEqual([
      ['correction', 'a reason'],
      ['credit', 'a reason'],
    ])
    const [entry] = activity.rows
    const of = (id: string) =>
      home.withLedger((db) => db.read(() => reasonsOf(id, [entry?.id ?? ''])))
    expect((await of(ACCOUNT)).size).toBe(1)
    expect((await of('acct_other')).size).toBe(0)
  })

  test('a jump shows the rows of a day and before it, and pages lead on from there', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const jumped = (await pageOf(home, { place: { day: '2026-02-14' } })).activity
    expect(jumped.rows.map(({ cost }) => cost)).toEqual(
      WORK.slice(1, 11)
        .map(({ cost }) => cost)
        .toReversed(),
    )
    expect(jumped).toMatchObject({ skipped: 14, total: 25 })
    expect(new Date(jumped.rows[0]?.at ?? 0).toISOString().slice(0, 10)).toBe('2026-02-14')
    const newer = (await pageOf(home, { place: { after: jumped.newer ?? 0 } })).activity
    expect(newer.rows.at(-1)?.cost).toBe(WORK[11]?.cost)
    const older = (await pageOf(home, { place: { before: jumped.older ?? 0 } })).activity
    expect(older.rows.map(({ cost }) => cost)).toEqual([WORK[0]?.cost])
    expect((await pageOf(home, { place: { day: '2026-02-01' } })).activity.rows).toEqual([])
  })

  test('the first entry from an instant on is found, before the first and after the last too', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const found = await home.withLedger((db) =>
      db.read(function* look() {
        const numbers: number[] = []
        for (const atMs of [0, OPENED, OPENED + 1, day(24), day(24) + 1, day(0), day(0) + 1])
          numbers.push((yield* entryNumbers(ACCOUNT, { since: atMs + CLOCK_SLACK_MS })).first)
        return numbers
      }),
    )
    expect(found).toEqual([1, 1, 2, 2, 3, 26, 27])
  })

  test('a link signs in once and in time, and a session ends with its time or by itself', async () => {
    using home = temporaryHome()
    await book(home, [], OPENED)
    await home.withLedger(async (db) => {
      const issue = () => db.write(() => issuePageLink(ACCOUNT, NOW))
      const [link, late] = [await issue(), await issue()]
      const token = await db.write(() => redeemPageLink(link, NOW + PAGE_LINK_MS - 1))
      for (const [used, at] of [
        [link, NOW],
        [late, NOW + PAGE_LINK_MS],
        [token, NOW], // a session is no link
      ] as const)
        await expect(db.write(() => redeemPageLink(used, at))).rejects.toMatchObject({
          code: 'unauthorized',
        })
      const who = (at: number, of = token) => db.read(() => findPageSession(of, at))
      expect(await who(NOW)).toMatchObject({ account: { id: ACCOUNT }, keyId: '' })
      expect(await who(NOW, late)).toBeNull() // nor a link a session
      expect(await who(NOW + PAGE_LINK_MS + PAGE_SESSION_MS)).toBeNull()
      await db.write(() => closePageSession(token))
      expect(await who(NOW)).toBeNull()
    })
  })
})
