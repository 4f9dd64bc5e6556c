import sharp from 'sharp'
import { expect, test } from 'vitest'
import { generate } from './drafts.ts'

const EVERY_KIND = [
  'plain mint background',
  'teal to navy gradient',
  'sunset mesh gradient',
  'blue geometric pattern',
  'triangle pattern in teal',
  'hexagon pattern',
  'polka dots',
  'stripes',
  'checkered pattern',
  'isometric cubes',
  'ocean waves',
  'mountains at sunrise',
  'starry bokeh',
  'memphis pattern',
  'white marble with gold veins',
  'topographic contour lines',
  'chevron pattern',
  'scales in navy',
  'blueprint grid',
  'low poly teal',
  'low poly mountains',
  'pine forest in fog',
  'city skyline at night',
  'ocean sunset',
  'blue sky with clouds',
  'starry sky',
  'aurora',
  'placeholder',
  'avatar placeholder',
  'app icon of a rocket',
  'settings icon, outline',
  'a fox',
  'pattern of cats',
  'teal gradient "Hello" "world"',
]

test.each([
  [64, 64],
  [64, 4096],
  [4096, 64],
  [1024, 576],
  [333, 777],
])('a draft is exactly %i x %i', async (width, height) => {
  const { files } = await generate({ width, height })
  expect(await sharp(files[0]).metadata()).toMatchObject({ format: 'png', width, height })
})

test.each(EVERY_KIND)(
  '"%s" is drawn at the exact size, and again the same with the same seed',
  async (prompt) => {
    const [first, second] = [
      await generate({ prompt, width: 201, height: 97, seed: 7 }),
      await generate({ prompt, width: 201, height: 97, seed: 7, model: 'fal-ai/ideogram/v3' }),
    ]
    expect(await sharp(first.files[0]).metadata()).toMatchObject({ width: 201, height: 97 })
    expect(first.files[0]?.equals(second.files[0] ?? Buffer.alloc(0))).toBe(true)
  },
)
