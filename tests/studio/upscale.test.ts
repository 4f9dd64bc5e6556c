import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { InputImage } from '../../src/media/image.ts'
import type { RunOptions } from '../../src/providers/provider.ts'
import { sampler } from '../../src/studio/core/bilinear.ts'
import { double, type Rgb } from '../../src/studio/upscale/double.ts'
import { loadNetwork } from '../../src/studio/upscale/weights.ts'
import { drawn, imageOf, make, photo, PHOTOS } from '../support/local.ts'

function enlarge(image: InputImage, scale: number, options?: Partial<RunOptions>) {
  return make({ operation: 'upscale', model: 'local/upscale', count: 1, image, scale }, options)
}

const disc = (back: string, front: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="90"><rect width="100%" height="100%" fill="${back}"/>` +
  `<circle cx="60" cy="45" r="30" fill="${front}"/></svg>`

test.each([
  [1, [120, 90]],
  [1.5, [180, 135]],
  [2.37, [284, 213]],
  [4, [480, 360]],
  [8, [960, 720]],
])('times %f is exact', async (scale, size) => {
  expect((await enlarge(await drawn(disc('#fff', '#00f')), scale)).size).toEqual(size)
})

test('enlarging keeps transparency and the colour at its edge', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15" fill="#00cc00"/></svg>'
  const { at, data } = await enlarge(await drawn(svg), 3)
  expect([at(0, 0)[3], at(60, 60)]).toEqual([0, [0, 204, 0, 255]])
  const greens = Array.from({ length: data.length / 4 }, (_, index) => index * 4)
    .filter((index) => (data[index + 3] ?? 0) > 60)
    .map((index) => data[index + 1] ?? 0)
  expect(Math.min(...greens)).toBeGreaterThan(190)
})

test('an enlargement above the limits is refused with the limit', async () => {
  const wide = await drawn('<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="10"/>')
  await expect(enlarge(wide, 8)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('16384'),
  })
  const big = await drawn('<svg xmlns="http://www.w3.org/2000/svg" width="1500" height="1500"/>')
  await expect(enlarge(big, 8)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('64 megapixels'),
  })
  await expect(enlarge(big, 9)).rejects.toMatchObject({ code: 'invalid_input' })
})

/** Peak signal-to-noise ratio of the brightness of two RGBA pictures, in decibels. */
function psnr(one: Uint8Array, other: Uint8Array): number {
  const luma = (data: Uint8Array, at: number) =>
    0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0)
  let sum = 0
  for (let at = 0; at < one.length; at += 4) sum += (luma(one, at) - luma(other, at)) ** 2
  return 10 * Math.log10((255 * 255) / (sum / (one.length / 4)))
}

/** A picture twice as wide and high by centred bilinear interpolation, which the network adds its details to. */
async function bilinear(file: Buffer): Promise<Uint8Array> {
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const planes = [0, 1, 2, 3].map((channel) => data.filter((_, index) => index % 4 === channel))
  const [width, height] = [info.width * 2, info.height * 2]
  return Uint8Array.from({ length: width * height * 4 }, (_, index) => {
    const [x, y] = [(index >> 2) % width, Math.floor((index >> 2) / width)]
    const look = sampler(info, (x + 0.5) / width, (y + 0.5) / height)
    return Math.round(look(planes[index % 4] ?? []))
  })
}

test.each(PHOTOS)(
  '%s, halved and doubled, is nearer to itself than by bilinear interpolation',
  async (name) => {
    const original = sharp((await photo(name)).bytes)
      .resize(256, 192, { fit: 'cover' })
      .removeAlpha()
    const truth = await original.clone().ensureAlpha().raw().toBuffer()
    const half = await sharp(await original.png().toBuffer())
      .resize(128, 96)
      .png()
      .toBuffer()
    const { data } = await enlarge(await imageOf(half), 2)
    expect(psnr(truth, data) - psnr(truth, await bilinear(half))).toBeGreaterThan(0.7)
  },
)

test('an enlargement does not depend on where its strips begin', async () => {
  const whole = await pixelsOf(100, 150)
  const from = 40
  const part = { ...whole, pixels: whole.pixels.slice(from * 300), height: 150 - from }
  const [one, other] = [await doubled(whole), await doubled(part)]
  // What lies a margin of the network below the cut cannot tell that there was one.
  const rows = (picture: Rgb, first: number) => Buffer.from(picture.pixels.slice(first * 2 * 600))
  expect(rows(one, from + 8).equals(rows(other, 8))).toBe(true)
})

async function pixelsOf(width: number, height: number): Promise<Rgb> {
  const image = sharp((await photo('coffee')).bytes).resize(width, height, { fit: 'cover' })
  return { pixels: await image.removeAlpha().raw().toBuffer(), width, height }
}

async function doubled(picture: Rgb): Promise<Rgb> {
  return double(picture, await loadNetwork())
}

test('colours hidden under what is clear do not shine through', async () => {
  const pixels = Buffer.alloc(40 * 40 * 4)
  for (let at = 0; at < pixels.length; at += 4) {
    const isInside = Math.hypot(((at / 4) % 40) - 19.5, Math.floor(at / 160) - 19.5) < 12
    pixels.set(isInside ? [200, 30, 30, 255] : [0, 255, 0, 0], at)
  }
  const raw = { width: 40, height: 40, channels: 4 } as const
  const { data } = await enlarge(await imageOf(await sharp(pixels, { raw }).png().toBuffer()), 2)
  const greens = Array.from({ length: data.length / 4 }, (_, index) => index * 4)
    .filter((at) => (data[at + 3] ?? 0) > 0)
    .map((at) => data[at + 1] ?? 0)
  expect(Math.max(...greens)).toBeLessThan(60)
})

test('what is too large for the network is enlarged plainly, and the result says so', async () => {
  const large = await drawn('<svg xmlns="http://www.w3.org/2000/svg" width="2100" height="2000"/>')
  const { notes, size } = await enlarge(large, 1.2)
  expect(size).toEqual([2520, 2400])
  expect(notes[1]).toContain('adds no detail')
})

test('an enlargement reports how far it is and stops when it is cancelled', async () => {
  const controller = new AbortController()
  const seen: number[] = []
  const work = enlarge(await photo('rocket'), 4, {
    signal: controller.signal,
    onProgress: ({ fraction }) => {
      seen.push(fraction)
      if (seen.length === 4) controller.abort()
    },
  })
  await expect(work).rejects.toMatchObject({ code: 'cancelled' })
  expect(seen).toEqual(seen.toSorted((one, other) => one - other))
  expect(seen.at(-1)).toBeLessThan(0.6)
})
