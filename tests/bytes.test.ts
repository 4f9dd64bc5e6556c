import { expect, test } from 'vitest'
import { displayBytes, parseBytes } from '../src/bytes.ts'

test.each([
  [0, '0 bytes'],
  [1_023, '1023 bytes'],
  [1_024, '1 KiB'],
  [16 * 1024 * 1024 - 1, '15.9 MiB'],
  [16 * 1024 * 1024, '16 MiB'],
  [85_000_000_000, '79.1 GiB'],
  [2 ** 53, '8192 TiB'],
])('%i bytes are shown as %s', (bytes, shown) => {
  expect(displayBytes(bytes)).toBe(shown)
})

test.each([
  ['0', 0],
  ['1073741824', 1_073_741_824],
  ['12B', 12],
  ['500MB', 500_000_000],
  ['1GiB', 1_073_741_824],
  ['3KiB', 3_072],
  ['2TB', 2_000_000_000_000],
])('%s is read as %i bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes)
})

test.each([
  '',
  'x',
  '-1',
  '1.5GiB',
  '1e9',
  '1 GiB',
  '1gib',
  '1iB',
  '1G',
  'GiB',
  '99999999999999TiB',
])('%j is no number of bytes', (text) => {
  expect(parseBytes(text)).toBeNull()
})
