import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { createImageLoader } from '../../src/media/load.ts'
import { leavingOnes, makeOddFiles } from '../support/odd/odd-files.ts'
import { expectClose, expectLeft, quartersOf } from '../support/odd/looks.ts'
import { QUARTERS, scene } from '../support/odd/parts.ts'
import { PNG_SUITE } from '../support/odd/png-suite.ts'
import { failure } from './support.ts'

const FILES = await makeOddFiles()

const loader = createImageLoader({
  inputDirs: [],
  allowPaths: false,
  readSaved: async () => null,
})

function load(bytes: Buffer) {
  const reference = `data:application/octet-stream;base64,${bytes.toString('base64')}`
  return loader.load(reference, new AbortController().signal)
}

test.each(leavingOnes(FILES))('$name, $what: $outcome', async (file) => {
  const image = await load(file.bytes)
  await expectLeft(file, image)
  expect(image).toMatchObject({ width: file.width, height: file.height })
  expect(image.adjusted).toEqual(
    file.says === undefined ? undefined : [`The data URI ${file.says}`],
  )
})

test.each(FILES.filter(({ refused }) => refused))('$name, $what: $outcome', async (file) => {
  const { code, message, hint } = await failure(load(file.bytes))
  expect(code).toBe('input_unreadable')
  expect(`${message} ${hint}`).toMatch(file.refused ?? /never/)
})

test('the page on inputs tells of these files and no others', () => {
  const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/inputs.md'), 'utf8')
  const table = page.slice(page.indexOf('## Odd files'))
  const rows = [...table.matchAll(/^\| `([^`]+)` +\| (.+?) +\| (.+?) +\|$/gm)]
  expect(rows.map(([, name, what, outcome]) => ({ name, what, outcome }))).toEqual(
    FILES.map(({ name, what, outcome }) => ({ name, what, outcome })),
  )
})

test.each(PNG_SUITE.filter(({ rgba }) => rgba !== null))(
  'a PNG with $name is read to the last pixel, and only metadata is cut away',
  async ({ bytes, rgba, isClean }) => {
    const image = await load(bytes)
    const pixels = await sharp(image.bytes)
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer()
    expect(pixels.equals(rgba ?? Buffer.alloc(0))).toBe(true)
    expect(Buffer.compare(image.bytes, bytes) === 0).toBe(isClean)
    expect(Buffer.from(image.bytes).includes('made-up place')).toBe(false)
  },
)

test.each(PNG_SUITE.filter(({ rgba }) => rgba === null))(
  'a PNG with $name is refused',
  async ({ bytes }) => {
    expect((await failure(load(bytes))).code).toMatch(/^(input_unreadable|invalid_input)$/)
  },
)

test.each([
  ['a large one that hides nothing as JPEG', 'image/jpeg', false],
  ['a large one with transparency as PNG', 'image/png', true],
])('of what is written anew, %s', async (_, mimeType, isClear) => {
  const large = scene().resize(4_000, 2_600)
  const clear = isClear ? large.ensureAlpha(0.5) : large
  const image = await load(await clear.tiff({ compression: 'lzw' }).toBuffer())
  expect(image).toMatchObject({ mimeType, width: 4_000, height: 2_600 })
  expectClose(await quartersOf(image.bytes), QUARTERS)
})

test('a file with any one byte changed is read or refused, and nothing else', async () => {
  const files = leavingOnes(FILES).filter(({ bytes }) => bytes.length < 5_000)
  const changes = fc.record({
    file: fc.constantFrom(...files),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    value: fc.integer({ min: 0, max: 255 }),
  })
  await fc.assert(
    fc.asyncProperty(changes, async ({ file, share, value }) => {
      const bytes = Buffer.from(file.bytes)
      bytes[Math.floor(share * (bytes.length - 1))] = value
      const outcome = await load(bytes).then(
        () => 'read',
        (error: unknown) => (error instanceof AppError ? error.code : error),
      )
      expect(['read', 'input_unreadable']).toContain(outcome)
    }),
    { numRuns: 500, seed: 8 },
  )
})
