import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  display,
  displayBalance,
  displayCents,
  displayCost,
  micro,
  money,
  parseUsd,
  usdNumber,
} from '../src/money.ts'

test.each([
  [0, '$0.00'],
  [1, '$0.000001'],
  [10, '$0.00001'],
  [3_000, '$0.003'],
  [4_000, '$0.004'],
  [45_000, '$0.045'],
  [50_000, '$0.05'],
  [100_000, '$0.10'],
  [123_456, '$0.123456'],
  [999_999, '$0.999999'],
  [1_000_000, '$1.00'],
  [1_000_001, '$1.000001'],
  [1_120_000, '$1.12'],
  [10_500_000, '$10.50'],
  [-10_000_000, '-$10.00'],
  [-4_000, '-$0.004'],
  [1_234_567_890_000, '$1234567.89'],
  [Number.MAX_SAFE_INTEGER, '$9007199254.740991'],
])('%i micro is shown as %s: exact, with two decimals at least', (amount, shown) => {
  expect(display(amount)).toBe(shown)
  expect(money(amount)).toEqual({ micro: amount, display: shown, currency: 'USD' })
})

test.each([
  [0, '$0.0000'],
  [3_000, '$0.0030'],
  [25_000, '$0.0250'],
  [90_000, '$0.0900'],
  [49, '$0.0000'],
  [50, '$0.0001'],
  [149, '$0.0001'],
  [50_100, '$0.0501'],
  [999_949, '$0.9999'],
  [999_950, '$1.0000'],
  [1_500_000, '$1.5000'],
  [-10_000_000, '-$10.0000'],
])('a cost of %i micro is %s on the command line', (amount, shown) => {
  expect(displayCost(amount)).toBe(shown)
})

test.each([
  [0, '$0.00'],
  [9_999, '$0.00'],
  [10_000, '$0.01'],
  [999_999, '$0.99'],
  [1_000_000, '$1.00'],
  [8_450_000, '$8.45'],
  [8_459_999, '$8.45'],
  [-1, '-$0.01'],
  [-1_000_000, '-$1.00'],
])('a balance of %i micro is %s on the command line: never more than there is', (amount, shown) => {
  expect(displayBalance(amount)).toBe(shown)
})

test.each([
  [500, '$5'],
  [1_990, '$19.90'],
  [1_999, '$19.99'],
  [1_000_000, '$10,000'],
])('%i cents are said as %s', (cents, said) => {
  expect(displayCents(cents)).toBe(said)
})

describe('an amount of dollars as text', () => {
  test.each([
    ['0', 0],
    ['5', 5_000_000],
    ['5.', null],
    ['.5', null],
    ['0.50', 500_000],
    ['05', 5_000_000],
    ['0.000001', 1],
    ['0.0000001', null],
    ['5.0000000', null],
    ['9007199254.740991', Number.MAX_SAFE_INTEGER],
    ['9007199254.740992', null],
    ['99999999999999999999', null],
    ['', null],
    [' 5', null],
    ['5 ', null],
    ['5\n', null],
    ['+5', null],
    ['-5', null],
    ['-0', null],
    ['five', null],
    ['5,00', null],
    ['1_000', null],
    ['1e3', null],
    ['0x10', null],
    ['NaN', null],
    ['Infinity', null],
    ['$5', null],
    ['5 USD', null],
    ['٥', null],
  ])('%j is %j micro', (text, amount) => {
    expect(parseUsd(text)).toBe(amount)
  })

  test('reads back what is shown', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (amount) => {
        expect(parseUsd(display(amount).slice(1))).toBe(amount)
      }),
    )
  })
})

test('no sum of displayed amounts drifts', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 50 }), (amounts) => {
      const shown = amounts.map((amount) => parseUsd(display(amount).slice(1)) ?? Number.NaN)
      const add = (sum: number, amount: number) => sum + amount
      expect(shown.reduce(add, 0)).toBe(amounts.reduce(add, 0))
    }),
  )
})

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
  '%d is no whole amount of micro-dollars',
  (amount) => {
    expect(() => micro(amount)).toThrow(RangeError)
  },
)

test('minus nothing is nothing', () => {
  expect(Object.is(micro(-0), 0)).toBe(true)
  expect(display(-0)).toBe('$0.00')
})

test('a plain number of dollars is the nearest there is', () => {
  expect([125_000, 4_875_000, 0, 1].map(usdNumber)).toEqual([0.125, 4.875, 0, 0.000001])
})
