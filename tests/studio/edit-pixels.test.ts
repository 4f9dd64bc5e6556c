import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { RequestOf } from '../../src/providers/provider.ts'
import type { InputImage } from '../../src/media/image.ts'
import { drawn, imageOf, make, photo } from '../support/local.ts'

/** 60 x 40: the left half red, the right half blue. */
async function twoHalves(): Promise<InputImage> {
  const right = { create: { width: 30, height: 40, channels: 3, background: '#0000ff' } } as const
  const blue = await sharp(right).png().toBuffer()
  const bytes = await sharp({
    create: { width: 60, height: 40, channels: 3, background: '#ff0000' },
  })
    .composite([{ input: blue, left: 30, top: 0 }])
    .png()
    .toBuffer()
  return { bytes, mimeType: 'image/png', width: 60, height: 40, name: 'halves.png' }
}

async function edit(prompt: string, more: Partial<RequestOf<'editImage'>> = {}) {
  const images = [await twoHalves()]
  const made = await make({
    operation: 'editImage',
    model: 'local/edit',
    count: 1,
    prompt,
    images,
    ...more,
  })
  return { ...made, file: made.files[0] ?? Buffer.alloc(0) }
}

describe('pixels', () => {
  test('grayscale makes grey of the same light', async () => {
    const { at } = await edit('grayscale')
    expect(at(5, 5)).toEqual([54, 54, 54, 255])
  })

  test('invert turns red to cyan', async () => {
    expect((await edit('invert')).at(5, 5)).toEqual([0, 255, 255, 255])
  })

  test('mirror swaps the halves and rotating by 90 stands them up', async () => {
    expect((await edit('mirror')).at(5, 5)).toEqual([0, 0, 255, 255])
    const turned = await edit('rotate 90 degrees')
    expect(turned.size).toEqual([40, 60])
    expect(turned.at(5, 5)).toEqual([255, 0, 0, 255])
  })

  test('a circle is square and has clear corners', async () => {
    const { at, size } = await edit('crop to a circle')
    expect(size).toEqual([40, 40])
    expect(at(0, 0)[3]).toBe(0)
    expect(at(20, 20)[3]).toBe(255)
  })

  test.each([
    ['resize to 50x50', [50, 50]],
    ['resize to 30 px wide', [30, 20]],
    ['scale to 200%', [120, 80]],
    ['crop to 1:1', [40, 40]],
    ['add a 10 px border', [80, 60]],
    ['blur, sharpen, pixelate by 7 px', [60, 40]],
    ['crop 10% off the sides', [48, 40]],
    ['crop 5 px off the top', [60, 35]],
    ['pad to square', [60, 60]],
    ['pad to 2:1 with black', [80, 40]],
    ['add a 10 px white border, then trim', [60, 40]],
    ['enhance, posterize, threshold at 30%, add a vignette, opacity 50%', [60, 40]],
    ['shift the hue by 90 degrees and add the text "Hi" at the top', [60, 40]],
    ['crop to 16:9 then resize to 320x180 and round the corners', [320, 180]],
  ])('%s gives the exact size', async (prompt, size) => {
    expect((await edit(prompt)).size).toEqual(size)
  })

  test('text keeps its commas and capitals, and lands where it was asked for', async () => {
    const white = await sharp({
      create: { width: 200, height: 100, channels: 3, background: '#fff' },
    })
      .png()
      .toBuffer()
    const images = [await imageOf(white)]
    const ink = async (prompt: string) => {
      const { at } = await edit(prompt, { images })
      const rows = Array.from({ length: 100 }, (_, y) => y)
      return rows.filter((y) => rows.some((x) => (at(x * 2, y)[1] ?? 255) < 128))
    }
    const [top, bottom] = [
      await ink('add the text "Sale, then more" at the top in #a00000'),
      await ink('add the text "Sale, then more" at the bottom in #a00000'),
    ]
    expect(Math.max(...top)).toBeLessThan(30)
    expect(Math.min(...bottom)).toBeGreaterThan(70)
  })

  test('a full turn of the hue changes nothing, and half of one makes red cyan', async () => {
    expect((await edit('shift the hue by 360 degrees')).at(5, 5)).toEqual([255, 0, 0, 255])
    const [red = 0, green = 0, blue = 0] = (await edit('shift the hue by 180 degrees')).at(5, 5)
    expect(red).toBeLessThan(Math.min(green, blue))
  })

  test('a background that is plain can be painted, and a subject stays', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><rect width="60" height="40" fill="#fff"/><circle cx="30" cy="20" r="12" fill="#c00"/></svg>'
    const { at } = await edit('make the background navy', { images: [await drawn(svg)] })
    expect([at(2, 2), at(30, 20)]).toEqual([
      [0, 0, 128, 255],
      [204, 0, 0, 255],
    ])
    const clear = await edit('remove the background, then pad to square', {
      images: [await drawn(svg)],
    })
    expect([clear.at(2, 2)[3], clear.size]).toEqual([0, [60, 60]])
  })

  test('steps run in the order they are written', async () => {
    const framed = await edit('add a 10 px white border, then invert')
    expect(framed.at(0, 0)).toEqual([0, 0, 0, 255])
    const inverted = await edit('invert, then add a 10 px white border')
    expect(inverted.at(0, 0)).toEqual([255, 255, 255, 255])
  })

  test('what is clear becomes white in a JPEG', async () => {
    const { at, file } = await edit('crop to a circle', { outputFormat: 'jpeg' })
    expect((await sharp(file).metadata()).format).toBe('jpeg')
    expect(Math.min(...at(0, 0))).toBeGreaterThan(235)
  })

  test('a picture turned by its camera is turned before anything else', async () => {
    const image = await twoHalves()
    const bytes = await sharp(image.bytes).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    expect((await edit('grayscale', { images: [{ ...image, bytes }] })).size).toEqual([40, 60])
  })
})

test('text in letters that the fonts lack is refused', async () => {
  await expect(edit('add the text "สวัสดี"')).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('font'),
  })
})

test('a background that cannot be told from the subject is refused', async () => {
  const images = [await photo('coffee')]
  await expect(edit('grayscale, then blur the background', { images })).rejects.toMatchObject({
    code: 'input_unreadable',
  })
})

test('several images, a mask and a crop beyond the picture are refused', async () => {
  const image = await twoHalves()
  const refused = expect.objectContaining({ code: 'invalid_input' })
  await expect(edit('blur', { images: [image, image] })).rejects.toEqual(refused)
  await expect(edit('blur', { mask: image })).rejects.toEqual(refused)
  await expect(edit('crop to 100x100')).rejects.toEqual(refused)
  await expect(edit('resize to 4000 px tall')).rejects.toEqual(refused)
})

test.each([
  'trim the edges',
  'blur',
  'pixelate',
  'rotate 30 degrees',
  'resize to 1%',
  'crop to a circle',
])('"%s" works on one pixel', async (prompt) => {
  const create = { width: 1, height: 1, channels: 3, background: '#20b0d0' } as const
  const images = [await imageOf(await sharp({ create }).png().toBuffer())]
  expect(Math.min(...(await edit(prompt, { images })).size)).toBeGreaterThan(0)
})

test('a picture that grows beyond 64 megapixels is refused with its size', async () => {
  const create = { width: 12_000, height: 10, channels: 3, background: '#20b0d0' } as const
  const images = [await imageOf(await sharp({ create }).png().toBuffer())]
  await expect(edit('rotate 45 degrees', { images })).rejects.toMatchObject({
    code: 'invalid_input',
    message: 'The result would be 8492 x 8492; at most 64 megapixels are edited here.',
  })
})

test('bytes that are no image are refused as unreadable', async () => {
  const image = { ...(await twoHalves()), bytes: new Uint8Array(100) }
  await expect(edit('blur', { images: [image] })).rejects.toMatchObject({
    code: 'input_unreadable',
    message: 'The input image could not be decoded.',
  })
})
