import sharp from 'sharp'
import { expect, test } from 'vitest'
import { folderStore } from '../../src/media/folder-store.ts'
import { makePreview } from '../../src/media/preview.ts'
import { saveOutput } from '../../src/media/save.ts'
import { createSmallCopies } from '../../src/media/small-copies.ts'
import { failure, noise, tempFolder } from './support.ts'

const raw = { width: 1200, height: 700 }
const opaque = sharp({ create: { ...raw, channels: 3, background: '#c63' } })
const clear = sharp({ create: { ...raw, channels: 4, background: '#c638' } })
const loud = sharp(noise(900, 900, 3), { raw: { width: 900, height: 900, channels: 3 } })
const turned = opaque.clone().jpeg().withMetadata({ orientation: 6 })

test.each([
  ['an opaque PNG', opaque.clone().png(), [1200, 700]],
  ['a JPEG', opaque.clone().jpeg(), [1200, 700]],
  ['a JPEG on its side', turned, [700, 1200]],
  ['a transparent WebP', clear.clone().webp(), [1200, 700]],
  ['a picture that hardly compresses', loud.clone().png(), [900, 900]],
  ['a small picture', opaque.clone().resize(40, 30).png(), [40, 30]],
])('%s is measured and shrunk while it is saved', async (_name, image, [width, height]) => {
  await using folder = await tempFolder()
  const copies = createSmallCopies()
  const bytes = await image.toBuffer()
  const options = { store: folderStore(folder.path), name: 'a' }
  const saved = await saveOutput({ bytes }, { ...options, copies })
  expect(saved).toMatchObject({ width, height })
  expect(saved).toEqual(await saveOutput({ bytes }, options))
  const copy = copies.take(saved.sha256)
  const made = await makePreview(bytes)
  expect(copy).toEqual(made)
  const size = await sharp(copy?.bytes).metadata()
  expect(Math.max(size.width, size.height)).toBeLessThanOrEqual(512)
  expect(copy?.bytes.length).toBeLessThanOrEqual(75_000)
  expect(copies.take(saved.sha256)).toBeUndefined()
})

test.each(['png', 'jpeg', 'webp'] as const)(
  'half a %s is no output, shown or not',
  async (type) => {
    await using folder = await tempFolder()
    const copies = createSmallCopies()
    const whole = await loud.clone().toFormat(type).toBuffer()
    const bytes = whole.subarray(0, whole.length / 2)
    const options = { store: folderStore(folder.path), name: 'a' }
    for (const each of [options, { ...options, copies }])
      expect((await failure(saveOutput({ bytes }, each))).code).toBe('no_output')
  },
)

test('the newest copies are kept', async () => {
  const copies = createSmallCopies()
  const copy = { bytes: Buffer.from('a'), mimeType: 'image/jpeg' } as const
  for (let at = 0; at < 65; at += 1) copies.keep(String(at), copy)
  expect(copies.take('0')).toBeUndefined()
  expect(copies.take('1')).toBe(copy)
  expect(copies.take('64')).toBe(copy)
})
