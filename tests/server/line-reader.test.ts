import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineReader } from '../../src/server/lines.ts'

function read(chunks: readonly Buffer[], maxBytes = 1_000): (string | null)[] {
  const lines: (string | null)[] = []
  const reader = createLineReader(
    maxBytes,
    (line) => void lines.push(typeof line === 'string' ? line : null),
  )
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return lines
}

test('lines are the same however their bytes are split into chunks', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')),
        {
          minLength: 1,
        },
      ),
      fc.array(fc.nat(200)),
      (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
        const places = [...new Set([0, ...cuts, bytes.length])]
          .filter((place) => place <= bytes.length)
          .toSorted((a, b) => a - b)
        const pieces = places.map((place, index) => bytes.subarray(place, places[index + 1]))
        expect(read(pieces, 1_000_000)).toEqual(bytes.toString().split('\n').slice(0, -1))
      },
    ),
  )
})

test('a line that is too long is reported once, and the next line is read', () => {
  const long = 'x'.repeat(11)
  expect(read([Buffer.from(`short\n${long}\nnext`)], 10)).toEqual(['short', null, 'next'])
  expect(
    read(
      `short\n${long}\nnext\n`.split('').map((byte) => Buffer.from(byte)),
      10,
    ),
  ).toEqual(['short', null, 'next'])
  expect(read([Buffer.from('x'.repeat(10))], 10)).toEqual(['x'.repeat(10)])
})
