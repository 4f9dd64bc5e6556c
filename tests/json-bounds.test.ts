import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createJsonBounds, JSON_MAX, KEYS_MAX, LEVELS_MAX, VALUES_MAX } from '../src/json-bounds.ts'

/** The message of the refusal of a text that arrives in chunks of this size; null if it is within all bounds. */
function refusalOf(text: string, chunkBytes = Infinity): string | null {
  const bytes = Buffer.from(text)
  const bounds = createJsonBounds()
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    const error = bounds.push(bytes.subarray(from, from + chunkBytes))
    if (error !== null) return error.message
  }
  return null
}

const uri = `data:image/png;base64,${'A/+='.repeat(100_000)}`
const objectOf = (keys: number) =>
  Object.fromEntries(Array.from({ length: keys }, (_, n) => [n, 1]))
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const letters = (count: number) => JSON.stringify('x'.repeat(count - 2))

test.each([
  [`[${'{},'.repeat(VALUES_MAX - 1)}{}]`, `[${'{},'.repeat(VALUES_MAX)}{}]`],
  [JSON.stringify(Array(VALUES_MAX).fill(',[')), JSON.stringify(Array(VALUES_MAX + 1).fill(',['))],
  [JSON.stringify(objectOf(KEYS_MAX)), JSON.stringify(objectOf(KEYS_MAX + 1))],
  [nested(LEVELS_MAX), nested(LEVELS_MAX + 1)],
  [letters(JSON_MAX), letters(JSON_MAX + 1)],
  [JSON.stringify([uri, uri]), JSON.stringify([uri, `x${uri}`])],
  [JSON.stringify({ images: JSON.stringify([uri]) }), JSON.stringify({ images: `[${uri}]` })],
  [JSON.stringify([uri]).replaceAll('/', '\\/'), JSON.stringify({ [`x${uri}`]: 1 })],
  [JSON.stringify([`data:\\"`, 1]), JSON.stringify(['data:\\', 'x'.repeat(JSON_MAX)])],
])('what is at a bound passes, one more does not, however it is split', (within, above) => {
  for (const chunkBytes of [997, Infinity]) {
    expect(refusalOf(within, chunkBytes)).toBeNull()
    expect(refusalOf(above, chunkBytes)).toMatch(/^The request has more than /)
  }
})

test('values are counted as a parser would see them', () => {
  const count = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? Object.values(value).reduce<number>((sum, one) => sum + 1 + count(one), 0)
      : 0
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1, max: 9 }), (value, bytes) => {
      const filler = Array(VALUES_MAX - 1 - count(value)).fill(0)
      expect(refusalOf(JSON.stringify([value, ...filler], null, 1), bytes)).toBeNull()
      expect(refusalOf(JSON.stringify([value, 0, ...filler], null, 1), bytes)).not.toBeNull()
    }),
    { numRuns: 50 },
  )
})
