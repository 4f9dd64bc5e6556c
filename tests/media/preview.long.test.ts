import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePreview } from '../../src/media/preview.ts'
import { failure, noise, picture, tempFolder } from './support.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let noisy: string
let glass: string

beforeAll(async () => {
  folder = await tempFolder()
  noisy = join(folder.path, 'noisy.jpg')
  glass = join(folder.path, 'glass.png')
  const tile = { raw: { width: 1024, height: 1024, channels: 3 } } as const
  await sharp(noise(1024, 1024, 3), tile)
    .resize(4096, 4096, { kernel: 'nearest' })
    .jpeg({ quality: 90 })
    .toFile(noisy)
  await sharp(noise(1024, 1024, 4), { raw: { width: 1024, height: 1024, channels: 4 } })
    .png({ compressionLevel: 1 })
    .toFile(glass)
})

afterAll(() => folder[Symbol.asyncDispose]())

async function check(path: string, options: { maxSize?: number; maxBytes?: number } = {}) {
  const preview = await makePreview(path, options)
  if (!preview) throw new Error('there was no preview')
  const { format, width, height, hasAlpha } = await sharp(preview.bytes).metadata()
  expect(preview.mimeType).toBe(`image/${format}`)
  return { ...preview, width, height, hasAlpha }
}

test('a noisy image of 4096 pixels becomes a JPEG of at most 512 pixels and 75 kB', async () => {
  const preview = await check(noisy)
  expect(preview.mimeType).toBe('image/jpeg')
  expect(preview.bytes.length).toBeLessThanOrEqual(75_000)
  expect(Buffer.from(preview.bytes).toString('base64').length).toBeLessThanOrEqual(100_000)
  expect(preview.width).toBeGreaterThan(250)
  expect(preview.width).toBeLessThanOrEqual(512)
})

test('a noisy see-through image stays see-through and within its limits', async () => {
  const preview = await check(glass)
  expect(preview.hasAlpha).toBe(true)
  expect(preview.bytes.length).toBeLessThanOrEqual(75_000)
})

test.each([64, 512, 1024])('no side is above the %i pixels asked for', async (maxSize) => {
  for (const path of [noisy, glass]) {
    const { width, height, bytes } = await check(path, { maxSize })
    expect(Math.max(width, height)).toBeLessThanOrEqual(maxSize)
    expect(bytes.length).toBeLessThanOrEqual(100_000)
  }
})

test('a tight limit makes the picture smaller, and an impossible one makes none', async () => {
  const { width, bytes } = await check(noisy, { maxBytes: 3_000 })
  expect(bytes.length).toBeLessThanOrEqual(3_000)
  expect(width).toBeLessThan(200)
  expect(await makePreview(noisy, { maxBytes: 50 })).toBeNull()
})

test.each(['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const)(
  'a small %s image is not enlarged',
  async (format) => {
    const path = join(folder.path, `small.${format}`)
    await writeFile(path, await picture(format))
    expect(await check(path)).toMatchObject({ width: 40, height: 30, mimeType: 'image/jpeg' })
  },
)

test('a simple cut-out is a PNG, and an alpha channel that hides nothing makes a JPEG', async () => {
  const path = join(folder.path, 'cut-out.png')
  const size = { width: 800, height: 400, channels: 4 } as const
  await sharp({ create: { ...size, background: '#f008' } }).toFile(path)
  expect(await check(path)).toMatchObject({ mimeType: 'image/png', width: 512, height: 256 })
  await sharp({ create: { ...size, background: '#f00' } }).toFile(path)
  expect(await check(path)).toMatchObject({ mimeType: 'image/jpeg', hasAlpha: false })
})

test.each([
  [
    'grey',
    async () =>
      sharp(await picture())
        .toColourspace('b-w')
        .png()
        .toBuffer(),
  ],
  [
    '16-bit',
    async () =>
      sharp(await picture())
        .toColourspace('rgb16')
        .png()
        .toBuffer(),
  ],
  [
    'CMYK',
    async () =>
      sharp(await picture())
        .toColourspace('cmyk')
        .jpeg()
        .toBuffer(),
  ],
  [
    'indexed',
    async () =>
      sharp(await picture())
        .png({ palette: true })
        .toBuffer(),
  ],
])('a %s image keeps its brightness', async (_kind, make) => {
  const path = join(folder.path, 'odd')
  await writeFile(path, await make())
  const { bytes } = await check(path)
  const [seen = 0, meant = 255] = await Promise.all(
    [bytes, await picture()].map(async (image) => {
      const grey = await sharp(image).greyscale().raw().toBuffer()
      return grey[grey.length / 2]
    }),
  )
  expect(Math.abs(seen - meant)).toBeLessThan(12)
})

test('a preview is turned the way EXIF says, and a sliver keeps a pixel', async () => {
  const turned = join(folder.path, 'turned.jpg')
  await sharp(await picture('jpeg'))
    .withMetadata({ orientation: 6 })
    .toFile(turned)
  expect(await check(turned)).toMatchObject({ width: 30, height: 40 })
  const sliver = join(folder.path, 'sliver.png')
  await sharp({ create: { width: 5_000, height: 1, channels: 3, background: '#123' } }).toFile(
    sliver,
  )
  expect(await check(sliver)).toMatchObject({ width: 512, height: 1 })
})

test.each([
  ['sound', 'RIFF\0\0\0\0WAVEfmt '],
  ['video', '\0\0\0\u0018ftypisom\0\0\u0002\0isomiso2'],
])('%s has no preview', async (_kind, head) => {
  const path = join(folder.path, 'media')
  await writeFile(path, Buffer.from(head, 'latin1'))
  await truncate(path, 2_000)
  expect(await makePreview(path)).toBeNull()
})

test('a file that is gone, broken or no image is told apart from one without a preview', async () => {
  const page = join(folder.path, 'page.png')
  await writeFile(page, '<html></html>')
  const broken = join(folder.path, 'broken.png')
  await writeFile(broken, (await picture()).subarray(0, 40))
  for (const path of [join(folder.path, 'gone.png'), page, broken]) {
    const refusal = await failure(makePreview(path, { mimeType: 'image/png' }))
    expect(refusal.code).toBe('input_unreadable')
  }
})
