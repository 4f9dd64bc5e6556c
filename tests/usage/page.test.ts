import { expect, test } from 'vitest'
import { createApp, type App } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import {
  closePageSession,
  findPageSession,
  issuePageLink,
  PAGE_LINK_MS,
  PAGE_SESSION_MS,
  redeemPageLink,
} from '../../src/accounts/page-sessions.ts'
import { refund } from '../../src/ledger/ledger.ts'
import { CLOCK_SLACK_MS } from '../../src/ledger/rules.ts'
import { entryNumbers } from '../../src/usage/entry-numbers.ts'
import { usagePage, type PageQuery } from '../../src/usage/page.ts'
import { ACCOUNT, book, temporaryHome, type Home, type Work } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'

const OPENED = Date.UTC(2026, 0, 1)
const NOW = Date.UTC(2026, 1, 28, 14, 21)
const day = (ago: number) => NOW - ago * 86_400_000

/** One charge a day, the newest today; every third one of another tool. */
const WORK: Work[] = Array.from({ length: 25 }, (_, place) => ({
  at: day(24 - place),
  cost: 10_000 + place,
  ...(place % 3 === 0 && { model: 'fal-ai/birefnet', operation: 'removeBackground' as const }),
}))

const ALL = { from: '2026-02-01', to: '2026-02-28' }

async function pageOf(home: Home, query: Partial<PageQuery> = {}) {
  const config = loadConfig({ ...home.env, INKWELL_MONTHLY_LIMIT_USD: '1' })
  const app: App = createApp(config, { now: () => NOW })
  try {
    const caller = app.localCaller('page')
    return await app.db.read(() =>
      usagePage(caller, app.mode, { range: ALL, filter: {}, place: {}, ...query }, NOW),
    )
  } finally {
    await app.close()
  }
}

onEachEngine(() => {
  test('the page has what was spent this month, on each of 30 days, and what is left of each budget', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const page = await pageOf(home)
    const month = WORK.reduce((sum, { cost }) => sum + cost, 0)
    expect(page).toMatchObject({ used: month, balance: { available: 5_000_000 - month } })
    expect(page.days).toHaveLength(30)
    expect(page.days.at(-1)).toEqual({ date: '2026-02-28', count: 1, cost: 10_024 })
    expect(page.days.filter(({ count }) => count === 0)).toHaveLength(5)
    expect(page.budgets).toMatchObject([
      { label: 'Today', limit: null, spent: 10_024 },
      { label: 'This month', limit: 1_000_000, spent: month, remaining: 1_000_000 - month },
    ])
  })

  test('pages of the activity lead through every charge, down and up again', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const seen: number[] = []
    let place: PageQuery['place'] = {}
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

  test('filters and days narrow it, and a refund marks its charge', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    await home.withLedger((db) => db.write(() => refund(ACCOUNT, 'gen_000025', NOW)))
    const range = { from: '2026-02-22', to: '2026-02-28' }
    const { activity } = await pageOf(home, { range })
    expect(activity).toMatchObject({ total: 7, older: null })
    expect(activity.rows[0]).toMatchObject({ status: 'refunded', category: 'Image Generation' })
    const narrowed = await pageOf(home, { range, filter: { operation: 'removeBackground' } })
    expect(narrowed.activity.rows.map(({ model }) => model)).toEqual([
      'fal-ai/birefnet',
      'fal-ai/birefnet',
      'fal-ai/birefnet',
    ])
    const none = await pageOf(home, { filter: { sessionId: 'ses_booked', keyId: 'key_foreign' } })
    expect(none.activity).toMatchObject({ rows: [], total: 0, older: null, newer: null })
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
