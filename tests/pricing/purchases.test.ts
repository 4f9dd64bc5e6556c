import fc from 'fast-check'
import { expect, test } from 'vitest'
import { centsOf, centsOfText, creditsReturned, creditsFor } from '../../src/pricing/purchases.ts'

test.each([
  { usd: 5, amount: 5_000_000, bonus: 0 },
  { usd: 19.99, amount: 19_990_000, bonus: 0 },
  { usd: 49.99, amount: 49_990_000, bonus: 0 },
  { usd: 50, amount: 50_000_000, bonus: 5_000_000 },
  { usd: 50.05, amount: 50_050_000, bonus: 5_005_000 },
  { usd: 100, amount: 100_000_000, bonus: 10_000_000 },
  { usd: 9_999.99, amount: 9_999_990_000, bonus: 999_999_000 },
  { usd: 10_000, amount: 10_000_000_000, bonus: 1_000_000_000 },
])('$$$usd buys $amount micro and a bonus of $bonus', ({ usd, amount, bonus }) => {
  const offer = { cents: amount / 10_000, amount, bonus, credits: amount + bonus }
  expect(creditsFor(centsOf(usd))).toEqual(offer)
  expect(creditsFor(centsOfText(String(usd)))).toEqual(offer)
})

test.each([
  { usd: 4.99, says: 'Minimum purchase is $5.' },
  { usd: 0, says: 'Minimum purchase is $5.' },
  { usd: -50, says: 'Minimum purchase is $5.' },
  { usd: 10_000.01, says: 'Maximum purchase is $10,000.' },
  { usd: 50.005, says: 'The amount must be whole cents.' },
  { usd: Number.NaN, says: 'The amount must be whole cents.' },
  { usd: Infinity, says: 'The amount must be whole cents.' },
])('$$$usd is refused: $says', ({ usd, says }) => {
  expect(() => creditsFor(centsOf(usd))).toThrow(
    expect.objectContaining({ code: 'invalid_input', message: says }),
  )
})

test.each(['five', '', '5,00', '5.001', '-5', '1e3', '0x10', ' 5', 'NaN', 'Infinity', '5.', '$5'])(
  'the typed amount "%s" is refused',
  (text) => {
    expect(() => creditsFor(centsOfText(text))).toThrow('The amount must be whole cents.')
  },
)

test('every whole number of cents within the bounds keeps its value on the way through a float', () => {
  fc.assert(
    fc.property(fc.integer({ min: 500, max: 1_000_000 }), (cents) => {
      expect(centsOf(Number((cents / 100).toFixed(2)))).toBe(cents)
      expect(centsOfText((cents / 100).toFixed(2))).toBe(cents)
    }),
  )
})

test('credits go back in proportion, rounded up, and all of them with the whole payment', () => {
  const fifty = creditsFor(5_000)
  expect(creditsReturned(fifty, 0)).toBe(0)
  expect(creditsReturned(fifty, 1_500)).toBe(16_500_000)
  expect(creditsReturned(fifty, 5_000)).toBe(55_000_000)
  expect(creditsReturned(fifty, 9_999)).toBe(55_000_000) // a refund and a dispute of the same money
  expect(creditsReturned({ credits: 10, cents: 3 }, 1)).toBe(4)
  expect(creditsReturned(creditsFor(1_000_000), 999_999)).toBe(10_999_989_000)
})
