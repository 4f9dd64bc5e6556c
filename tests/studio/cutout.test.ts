import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { InputImage } from '../../src/media/image.ts'
import { drawn, imageOf, make, photo } from '../support/local.ts'

function cutOut(image: InputImage) {
  return make({ operation: 'removeBackground', model: 'local/cutout', count: 1, image })
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

/** The share of a picture that is solid, in percent. */
function solid(data: Buffer): number {
  let count = 0
  for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 200) count += 1
  return (100 * count) / (data.length / 4)
}

test.each([
  ['astronaut', 50, [230, 90], [420, 150]],
  ['camera', 30, [180, 250], [420, 60]],
] as const)('%s is cut out along the person', async (name, percent, person, backdrop) => {
  const { data, at, notes } = await cutOut(await photo(name))
  expect(Math.abs(solid(data) - percent)).toBeLessThan(8)
  expect([at(person[0], person[1])[3], at(backdrop[0], backdrop[1])[3]]).toEqual([255, 0])
  expect(notes[1]).toMatch(
    /network trained on people: the subject takes up [\d.]+ % of the picture/,
  )
})

test.each([
  ['chelsea', /stands out clearly: the network has [\d.]+ % of doubt, and 17 % is the most/],
  ['coffee', /stands out clearly: the network has [\d.]+ % of doubt/],
  ['rocket', /No person stands out: the network sees one in 0 % of the picture, and 4 % is needed/],
] as const)('%s is refused with what was measured', async (name, reason) => {
  await expect(cutOut(await photo(name))).rejects.toMatchObject({
    code: 'input_unreadable',
    message: expect.stringMatching(
      /^The backdrop is not plain: [\d.]+ % of the border has one col/,
    ),
    hint: expect.stringContaining('leave model out'),
  })
  await expect(cutOut(await photo(name))).rejects.toMatchObject({
    message: expect.stringMatching(reason),
  })
})

test('a picture of noise is refused', async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const create = { width: 80, height: 80, channels: 3, background: '#000', noise } as const
  const image = await imageOf(await sharp({ create }).png().toBuffer())
  await expect(cutOut(image)).rejects.toMatchObject({ code: 'input_unreadable' })
})

test('the same picture is cut in the same way', async () => {
  const [one, other] = [
    await cutOut(await photo('astronaut')),
    await cutOut(await photo('astronaut')),
  ]
  expect(one.files[0]?.equals(other.files[0] ?? Buffer.alloc(0))).toBe(true)
})

test('a picture of one colour has no subject', async () => {
  await expect(cutOut(await drawn(disc('#fff', '#fff')))).rejects.toMatchObject({
    code: 'input_unreadable',
  })
})
