import { expect, test } from 'vitest'
import { boxOf, colorsBeside, contrastIn, labelIn } from '../support/label.ts'
import { plain, rehearse } from '../support/rehearsal.ts'

/** The colours of a plain picture. */
const PLAIN = new Set(['32,176,208,255'])

test.each([
  [64, 64],
  [80, 60],
  [451, 300],
  [1024, 576],
  [2000, 90],
  [90, 2000],
  [4096, 64],
])(
  'in %i x %i a label hides a small part, reads well, and leaves the rest as it was',
  async (width, height) => {
    const images = [await plain(width, height)]
    for (const prompt of ['zoom out', 'make the sky of this picture purple '.repeat(300)]) {
      const made = await rehearse(prompt, { images })
      const label = labelIn(made)
      expect(made.size).toEqual([width, height])
      expect(boxOf(label).area / (width * height)).toBeLessThanOrEqual(0.15)
      expect(contrastIn(made, label)).toBeGreaterThan(4.5)
      expect(colorsBeside(made, label)).toEqual(PLAIN)
    }
  },
)

test('a longer wish has a longer label of the same height', async () => {
  const [one, other] = [await rehearse('zoom out'), await rehearse('zoom far out')]
  const [small, large] = [boxOf(labelIn(one)), boxOf(labelIn(other))]
  expect(large.width).toBeGreaterThan(small.width)
  expect(large.height).toBe(small.height)
})

test('a picture that is too small for a word has no label, and the note says so', async () => {
  const made = await rehearse('zoom out', { images: [await plain(20, 20)] })
  expect(
    new Set(Array.from({ length: 400 }, (_, at) => made.at(at % 20, Math.floor(at / 20)).join())),
  ).toEqual(PLAIN)
  expect(made.notes.join(' ')).toContain('which the picture is too small to say: "zoom out"')
})

test('a label lies over what was done', async () => {
  const made = await rehearse('grayscale, then make the sky purple')
  const colors = [...colorsBeside(made, labelIn(made))].map((color) => color.split(','))
  expect(colors.length).toBeGreaterThan(50)
  expect(colors.filter(([red, green, blue]) => red !== green || green !== blue)).toEqual([])
})
