import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { parseEdit } from '../../src/providers/local/edit/grammar.ts'
import { createLocalProvider } from '../../src/providers/local.ts'
import type { InputImage, RequestOf } from '../../src/providers/provider.ts'

const ACCEPTED: [string, string[]][] = [
  ['grayscale', ['tone']],
  ['make it black and white', ['tone']],
  ['convert the image to greyscale', ['tone']],
  ['Sepia', ['tone']],
  ['add a sepia tone', ['tone']],
  ['invert the colors', ['tone']],
  ['blur', ['blur']],
  ['blur it slightly', ['blur']],
  ['blur by 5 px', ['blur']],
  ['blur the image with radius 2.5', ['blur']],
  ['sharpen', ['sharpen']],
  ['make it much sharper', ['sharpen']],
  ['make it brighter', ['tone']],
  ['brighten by 20%', ['tone']],
  ['20% darker', ['tone']],
  ['make the picture slightly darker', ['tone']],
  ['increase the brightness by 15 percent', ['tone']],
  ['more contrast', ['tone']],
  ['reduce contrast a bit', ['tone']],
  ['saturate', ['tone']],
  ['desaturate by 50%', ['tone']],
  ['make it more vivid', ['tone']],
  ['make it warmer', ['tone']],
  ['cooler', ['tone']],
  ['tint teal', ['tone']],
  ['tint it with #ff8800', ['tone']],
  ['add a blue tint', ['tone']],
  ['rotate 90 degrees', ['rotate']],
  ['rotate 90 degrees counterclockwise', ['rotate']],
  ['rotate left', ['rotate']],
  ['turn it upside down', ['rotate']],
  ['flip horizontally', ['flip']],
  ['mirror', ['flip']],
  ['flip the image vertically', ['flip']],
  ['crop to square', ['cropRatio']],
  ['crop it to a 16:9', ['cropRatio']],
  ['crop to a circle', ['cropRatio']],
  ['crop to 20x10', ['cropSize']],
  ['resize to 800x600', ['resize']],
  ['resize to 800 by 600 pixels', ['resize']],
  ['resize to 320 px wide', ['resizeSide']],
  ['scale down to 50%', ['scale']],
  ['round the corners', ['roundCorners']],
  ['round corners by 24 px', ['roundCorners']],
  ['add a 10 px red border', ['border']],
  ['add a frame', ['border']],
  ['pixelate', ['pixelate']],
  ['pixelate it by 12 px', ['pixelate']],
  [
    'please make it grayscale, then blur slightly and rotate 90 degrees.',
    ['tone', 'blur', 'rotate'],
  ],
  [
    'crop to square; round the corners by 10%, add a 4px #000 border',
    ['cropRatio', 'roundCorners', 'border'],
  ],
  ['make it brighter and sharper!', ['tone', 'sharpen']],
]

const REFUSED = [
  '',
  'make the sky purple',
  'blur the background',
  'do not make it darker',
  'tint the car red',
  'remove the text "foo"',
  'grayscale except the red car',
  'grayscale, then add a hat',
  'make her smile',
  'remove the person on the left',
  'crop to the face',
  'make it look like a painting',
  'replace the dog with a cat',
  'sharpen the eyes',
  'brighter but not too much',
  'rotate the car 90 degrees',
  'add a border of flowers',
  'resize to 99999x10',
  'resize to 0x10',
  'blur by 500 px',
  'blur by 0 px',
  'brighten by 900%',
  'pixelate the license plate',
  'never flip horizontally',
]

test.each(ACCEPTED)('"%s" is understood', (instruction, kinds) => {
  expect(parseEdit(instruction).map(({ kind }) => kind)).toEqual(kinds)
})

test.each(REFUSED)('"%s" is refused as a whole', (instruction) => {
  expect(() => parseEdit(instruction)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
})

test('a refusal names the clause and what works', () => {
  expect(() => parseEdit('grayscale, then make the sky purple')).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('"make the sky purple"'),
      hint: expect.stringContaining('crop to square'),
    }),
  )
})

test('a turn is taken modulo a full one', () => {
  expect(parseEdit('rotate 400000 degrees')).toEqual([{ kind: 'rotate', degrees: 40 }])
  expect(parseEdit('rotate left')).toEqual([{ kind: 'rotate', degrees: 270 }])
})

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
  const { outputs, notes } = await createLocalProvider().run(
    {
      operation: 'editImage',
      model: 'fal-ai/flux-pro/kontext',
      count: 1,
      prompt,
      images: [await twoHalves()],
      ...more,
    },
    {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onAccepted: async () => undefined,
    },
  )
  const file = Buffer.from(outputs[0]?.bytes as Uint8Array)
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4),
  ]
  return { at, file, notes, size: [info.width, info.height] }
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
    ['crop to 16:9 then resize to 320x180 and round the corners', [320, 180]],
  ])('%s gives the exact size', async (prompt, size) => {
    expect((await edit(prompt)).size).toEqual(size)
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

test('several images, a mask and a crop beyond the picture are refused', async () => {
  const image = await twoHalves()
  const refused = expect.objectContaining({ code: 'invalid_input' })
  await expect(edit('blur', { images: [image, image] })).rejects.toEqual(refused)
  await expect(edit('blur', { mask: image })).rejects.toEqual(refused)
  await expect(edit('crop to 100x100')).rejects.toEqual(refused)
  await expect(edit('resize to 4000 px tall')).rejects.toEqual(refused)
})

test('bytes that are no image are unreadable, in our words', async () => {
  const image = { ...(await twoHalves()), bytes: new Uint8Array(100) }
  await expect(edit('blur', { images: [image] })).rejects.toMatchObject({
    code: 'input_unreadable',
    message: 'The input image could not be decoded.',
  })
})
