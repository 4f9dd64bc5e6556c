import { expect, test } from 'vitest'
import { dayRange, eachDay, lastDays, nextDay, nextMonth } from '../../src/usage/days.ts'

const NEW_YEAR = Date.UTC(2026, 0, 1)

test('the last days are today and the ones before it', () => {
  expect(lastDays(1, NEW_YEAR)).toEqual({ from: '2026-01-01', to: '2026-01-01' })
  expect(lastDays(7, NEW_YEAR - 1)).toEqual({ from: '2025-12-25', to: '2025-12-31' })
  expect(lastDays(366, Date.UTC(2024, 11, 31, 23))).toEqual({
    from: '2024-01-01',
    to: '2024-12-31',
  })
})

test('every day of a range is there once, oldest first, over leap days and new years', () => {
  expect(eachDay({ from: '2024-02-28', to: '2024-03-01' })).toEqual([
    '2024-02-28',
    '2024-02-29',
    '2024-03-01',
  ])
  expect(eachDay({ from: '2025-12-31', to: '2026-01-01' })).toEqual(['2025-12-31', '2026-01-01'])
  expect(eachDay(lastDays(366, NEW_YEAR))).toHaveLength(366)
})

test('days near a change of clocks are whole days', () => {
  // Clocks change on these days in Europe and America.
  for (const day of ['2026-03-08', '2026-03-29', '2026-10-25', '2026-11-01'])
    expect(eachDay(lastDays(3, Date.parse(`${day}T23:59:59Z`))).at(-1)).toBe(day)
})

test.each([
  ['2026-02-01', '2026-02-28'],
  ['2026-02-01', '2026-02-01'],
  ['2024-01-01', '2024-12-31'],
])('%s to %s is a range', (from, to) => {
  expect(dayRange(from, to)).toEqual({ from, to })
})

test.each([
  ['2026-02-30', '2026-03-01', /from/],
  ['2026-02-01', '2026-02-29', /to/],
  ['2026-13-01', '2026-13-02', /from/],
  ['2026-00-10', '2026-01-10', /from/],
  ['2026-1-1', '2026-01-02', /from/],
  ['20260101', '2026-01-02', /from/],
  ['2026-01-01T00:00:00Z', '2026-01-02', /from/],
  ['yesterday', 'today', /from/],
  ['', '2026-01-02', /from/],
  ['2026-01-02', '2026-01-01', /after/],
  ['2025-01-01', '2026-01-02', /366/],
  ['0000-01-01', '9999-12-31', /366/],
])('%s to %s is none', (from, to, says) => {
  expect(() => dayRange(from, to)).toThrow(says)
  expect(() => dayRange(from, to)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
})

test('budgets start anew at midnight and on the first, UTC', () => {
  expect(nextDay(NEW_YEAR)).toBe('2026-01-02T00:00:00.000Z')
  expect(nextDay(NEW_YEAR - 1)).toBe('2026-01-01T00:00:00.000Z')
  expect(nextMonth(Date.UTC(2026, 0, 31, 23, 59))).toBe('2026-02-01T00:00:00.000Z')
  expect(nextMonth(Date.UTC(2026, 11, 31))).toBe('2027-01-01T00:00:00.000Z')
})
