import sharp from 'sharp'
import { expect, test } from 'vitest'
import { createLocalProvider } from '../../src/providers/local.ts'
import type { InputImage, ProviderRequest } from '../../src/providers/provider.ts'

async function run(request: ProviderRequest) {
  const { outputs, notes } = await createLocalProvider().run(request, {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onAccepted: async () => undefined,
  })
  const file = Buffer.from(outputs[0]?.bytes as Uint8Array)
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4),
  ]
  return {
    at,
    notes,
    data,
    size: [info.width, info.height],
    format: (await sharp(file).metadata()).format,
  }
}

function cutOut(image: InputImage) {
  return run({ operation: 'removeBackground', model: 'fal-ai/birefnet', count: 1, image })
}

function enlarge(image: InputImage, scale: number) {
  return run({
    operation: 'upscale',
    model: 'fal-ai/bria/upscale/creative',
    count: 1,
    image,
    scale,
  })
}

async function drawn(svg: string, format: 'png' | 'jpeg' = 'png'): Promise<InputImage> {
  const bytes = await sharp(Buffer.from(svg)).toFormat(format, { quality: 92 }).toBuffer()
  const { width, height } = await sharp(bytes).metadata()
  return { bytes, mimeType: `image/${format}`, width, height, name: 'drawn' }
}

const disc = (back: string, front: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="90"><rect width="100%" height="100%" fill="${back}"/>` +
  `<circle cx="60" cy="45" r="30" fill="${front}"/><circle cx="60" cy="45" r="8" fill="${back}"/></svg>`

test.each([
  ['#ffffff', '#1b2a6b', 'png'],
  ['#ffffff', '#c03020', 'jpeg'],
  ['#20303f', '#f0c040', 'png'],
  ['#3cb371', '#7a2f8f', 'jpeg'],
] as const)(
  'a disc on plain %s keeps its colour %s and loses its corners (%s)',
  async (back, front, format) => {
    const { at, size, format: written } = await cutOut(await drawn(disc(back, front), format))
    expect([size, written]).toEqual([[120, 90], 'png'])
    for (const [x, y] of [
      [0, 0],
      [119, 0],
      [0, 89],
      [119, 89],
      [60, 5],
    ] as const)
      expect(at(x, y)[3]).toBe(0)
    expect(at(60, 30)[3]).toBe(255)
    // A hole that the backdrop cannot reach stays.
    expect(at(60, 45)[3]).toBe(255)
  },
)

test('edges carry the colour of the subject, not of the backdrop', async () => {
  const { data } = await cutOut(await drawn(disc('#ffffff', '#101040')))
  const halves: number[] = []
  for (let index = 0; index < data.length; index += 4) {
    const alpha = data[index + 3] ?? 0
    if (alpha > 40 && alpha < 220) halves.push(data[index] ?? 255)
  }
  expect(halves.length).toBeGreaterThan(20)
  expect(Math.max(...halves)).toBeLessThan(90)
})

test('transparency that is there already is kept', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15" fill="#c00"/></svg>'
  const { at, notes } = await cutOut(await drawn(svg))
  expect([at(0, 0)[3], at(20, 20)]).toEqual([0, [204, 0, 0, 255]])
  expect(notes[1]).toContain('transparent already')
})

test('a picture without a plain backdrop is refused with what was measured', async () => {
  const noise = {
    width: 80,
    height: 80,
    channels: 3,
    noise: { type: 'gaussian', mean: 128, sigma: 60 },
  } as const
  const bytes = await sharp({ create: { ...noise, background: '#000' } })
    .png()
    .toBuffer()
  const image = { bytes, mimeType: 'image/png', width: 80, height: 80, name: 'noise.png' }
  await expect(cutOut(image)).rejects.toMatchObject({
    code: 'input_unreadable',
    message: expect.stringMatching(/backdrop is not plain: [\d.]+ % of the border/),
  })
})

test('a picture of one colour has no subject', async () => {
  await expect(cutOut(await drawn(disc('#fff', '#fff')))).rejects.toMatchObject({
    code: 'input_unreadable',
  })
})

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
