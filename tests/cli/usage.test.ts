import { afterAll, beforeAll, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { book, temporaryHome, type Home } from '../support/app.ts'
import { at, NOW, OPENED, run, schnell, THREE_DAYS } from './support.ts'

/** A ledger with the days of the documentation: tests only read it. */
let threeDays: Home

beforeAll(async () => {
  threeDays = temporaryHome()
  await book(threeDays, THREE_DAYS, OPENED)
})

afterAll(() => threeDays[Symbol.dispose]())

test('inkwell usage prints balance, days and total as the documentation shows them', async () => {
  const home = threeDays
  expect(await run(home, 'usage')).toEqual({
    code: 0,
    stderr: '',
    stdout: `  Balance: $4.91

  Last 7 days:

  Date         Cost       Requests
  2026-02-22   $0.0310    5
  2026-02-21   $0.0530    8
  2026-02-20   $0.0060    2

  Total: $0.0900
`,
  })
})

test('inkwell usage prints the same bytes in every time zone', async () => {
  const home = threeDays
  for (const args of ['usage', 'usage history']) {
    const utc = await run(home, args, { TZ: 'UTC' })
    for (const TZ of ['Asia/Tokyo', 'America/Los_Angeles'])
      expect(await run(home, args, { TZ })).toEqual(utc)
  }
})

test('inkwell usage covers today and the six days before it, from midnight to midnight', async () => {
  using home = temporaryHome()
  const work = [
    { ...schnell, at: at('15', '23:59:59.999') },
    { ...schnell, at: at('16', '00:00:00.000') },
  ]
  await book(home, work, OPENED)
  const { stdout } = await run(home, 'usage')
  expect(stdout).toContain('\n  2026-02-16   $0.0030    1\n\n  Total: $0.0030\n')
  expect(stdout).not.toContain('2026-02-15')
})

test('inkwell usage --days looks back so many days, and its subcommand keeps its own', async () => {
  const home = threeDays
  const { stdout } = await run(home, 'usage --days 2')
  expect(stdout).toMatch(/ {2}Last 2 days:[^]*02-22[^]*02-21[^]*Total: \$0\.0840\n$/)
  expect(stdout).not.toContain('02-20')
  expect((await run(home, 'usage -d 1')).stdout).toContain('  Last day:\n')
  expect((await run(home, 'usage history --days 1')).stdout.match(/2026-02-\d\d/g)).toEqual(
    Array.from({ length: 5 }, () => '2026-02-22'),
  )
  expect((await run(home, 'usage history')).stdout).toContain('2026-02-20')
})

test('inkwell usage says so where nothing was used', async () => {
  using home = temporaryHome()
  expect(await run(home, 'usage')).toEqual({
    code: 0,
    stderr: '',
    stdout: '  Balance: $5.00\n\n  No usage in the last 7 days.\n',
  })
})

test('inkwell usage leaves out work on an own key: it costs no credits', async () => {
  using home = temporaryHome()
  await book(home, [{ ...schnell, at: NOW, billing: 'own_key' }], OPENED)
  const { stdout } = await run(home, 'usage')
  expect(stdout).toContain('Balance: $5.00')
  expect(stdout).toContain('No usage')
})

test('inkwell usage prints JSON with amounts in micro-dollars', async () => {
  const home = threeDays
  const { code, stdout } = await run(home, 'usage --json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    balance: money(4_910_000),
    lowBalance: false,
    from: '2026-02-16',
    to: '2026-02-22',
    days: [
      { date: '2026-02-22', count: 5, cost: money(31_000) },
      { date: '2026-02-21', count: 8, cost: money(53_000) },
      { date: '2026-02-20', count: 2, cost: money(6_000) },
    ],
    total: money(90_000),
  })
})
