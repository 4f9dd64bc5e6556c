import fc from 'fast-check'
import { expect, test } from 'vitest'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { NAMED_SIZES } from '../../src/pricing/sizes.ts'
import { imageSize } from '../../src/tools/image-size.ts'
import { answerOf, errorOf } from './support.ts'

const MEGAPIXEL = 1_048_576
const draft = { prompt: 'a calm sea', model: 'local/draft', preview: false }

let home: Home
let client: TestClient

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  client = keep(await connectV2(home))
})

async function sizeMade(size: unknown): Promise<object> {
  const { outputs } = answerOf(await client.call('generateImage', { ...draft, imageSize: size }))
  const [{ width, height }] = outputs as [{ width: number; height: number }]
  return { width, height }
}

test.each([
  ...Object.entries(NAMED_SIZES),
  [' square ', NAMED_SIZES.square],
  ['128x64', { width: 128, height: 64 }],
  ['128 × 64', { width: 128, height: 64 }],
  [
    { width: 64, height: 128 },
    { width: 64, height: 128 },
  ],
  ['{"width":64,"height":128}', { width: 64, height: 128 }],
  ['1:1', { width: 1024, height: 1024 }],
  ['3:2', { width: 1248, height: 832 }],
  ['16:9', { width: 1360, height: 768 }],
  ['9:16', { width: 768, height: 1360 }],
  ['16:1', { width: 4096, height: 256 }],
  ['', NAMED_SIZES.landscape_16_9],
  [null, NAMED_SIZES.landscape_16_9],
  [undefined, NAMED_SIZES.landscape_16_9],
])('the size %j is made as %j', async (size, made) => {
  expect(await sizeMade(size)).toEqual(made)
})

test.each([
  ['16:0', /ratio/],
  ['0:0', /ratio/],
  ['17:1', /ratio from 1:16 to 16:1/],
  ['auto', /square_hd.*16:9.*1024x768/],
  ['63x64', /imageSize\.width.*64 to 4096/],
  ['64x4097', /imageSize\.height.*64 to 4096/],
  ['1024x', /1024x768/],
  ['{"width":', /1024x768/],
  [['64', '64'], /imageSize/],
  [512, /imageSize/],
])('the size %j is refused, and what would do is named', async (size, says) => {
  const refused = await client.call('generateImage', { ...draft, imageSize: size })
  expect(errorOf(refused)).toMatchObject({
    code: 'invalid_input',
    message: expect.stringMatching(says),
  })
})

test('a ratio gives about a megapixel and never more, in sides that are multiples of 8', () => {
  const part = fc.integer({ min: 1, max: 9999 })
  fc.assert(
    fc.property(part, part, (wide, high) => {
      fc.pre(Math.max(wide / high, high / wide) <= 16)
      const { width, height } = imageSize.parse(`${wide}:${high}`)
      expect([width % 8, height % 8]).toEqual([0, 0])
      expect(width * height).toBeLessThanOrEqual(MEGAPIXEL)
      expect(width * height).toBeGreaterThan(MEGAPIXEL * 0.9)
      expect(Math.abs(Math.log((width * high) / (height * wide)))).toBeLessThan(0.03)
      expect(Math.max(width, height)).toBeLessThanOrEqual(4096)
    }),
  )
})
