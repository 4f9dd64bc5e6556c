import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { ProviderRequest } from '../../src/providers/provider.ts'
import type { InputImage } from '../../src/media/image.ts'
import { labelIn } from '../support/label.ts'
import { drawn, imageOf, make, photo } from '../support/local.ts'
import { plain, ramp } from '../support/rehearsal.ts'

test('bytes that are no image are unreadable for a priced model too', async () => {
  const image = { ...(await ramp()), bytes: new Uint8Array(100) }
  const requests: ProviderRequest[] = [
    { operation: 'editImage', model: 'a/b', count: 1, prompt: 'zoom out', images: [image] },
    { operation: 'removeBackground', model: 'a/b', count: 1, image },
    { operation: 'upscale', model: 'a/b', count: 1, image, scale: 2 },
  ]
  for (const request of requests)
    await expect(make(request)).rejects.toMatchObject({ code: 'input_unreadable' })
})

describe('a cut-out by a priced model', () => {
  const cutOut = (image: InputImage) =>
    make({ operation: 'removeBackground', model: 'fal-ai/birefnet', count: 1, image })
  const draft = async (prompt: string) => {
    const request = { operation: 'generateImage', model: 'local/draft', count: 1 } as const
    const { files } = await make({ ...request, prompt, width: 320, height: 240 })
    return imageOf(files[0] ?? Buffer.alloc(0))
  }

  test.each<[string, () => Promise<InputImage>]>([
    ['a cat', () => photo('chelsea')],
    ['a cup', () => photo('coffee')],
    ['a rocket', () => photo('rocket')],
    ['a forest', () => draft('pine forest in morning fog')],
    ['a skyline', () => draft('city skyline at night')],
    ['a pattern', () => draft('hexagon pattern')],
    ['one colour', () => draft('solid teal')],
  ])('of %s is a guess that says so', async (_, image) => {
    const made = await cutOut(await image())
    const solid = made.data.filter((value, at) => at % 4 === 3 && value > 200).length
    const share = solid / (made.data.length / 4)
    expect(share).toBeGreaterThan(0.04)
    expect(share).toBeLessThan(0.97)
    expect(made.notHonoured).toEqual([
      expect.stringMatching(/^a sure cut-out \(this one is a guess\): .*\d %/),
    ])
    expect(made.notes.join(' ')).toContain('A stand-in: not done, as its label says')
    expect(labelIn(made)).not.toBeNull()
  })

  test('finds what has none of the colours of the border', async () => {
    // The border has two colours, so that it is not plain, and no person is to be seen.
    const made = await cutOut(
      await drawn(
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><rect width="200" height="200" fill="#2a7"/><rect width="100" height="200" fill="#ddd"/><rect x="60" y="50" width="90" height="70" fill="#a02"/></svg>',
      ),
    )
    expect(made.notHonoured).toHaveLength(1)
    expect(made.at(100, 80)).toEqual([170, 0, 34, 255])
    for (const [x, y] of [
      [20, 20],
      [180, 20],
      [190, 100],
      [30, 150],
    ] as const)
      expect(made.at(x, y)[3]).toBe(0)
  })

  test('that is sure is the same as that of the free model, without a label', async () => {
    const image = await photo('astronaut')
    const [paid, free] = [
      await cutOut(image),
      await make({ operation: 'removeBackground', model: 'local/cutout', count: 1, image }),
    ]
    expect(paid.data.equals(free.data)).toBe(true)
    expect(paid.notHonoured).toBeUndefined()
  })
})

test('a priced model enlarges as far as fits, and says how far', async () => {
  const image = await plain(4100, 12)
  const request = { operation: 'upscale', count: 1, image, scale: 4 } as const
  const made = await make({ ...request, model: 'fal-ai/bria/upscale/creative' })
  expect(made.size).toEqual([16_359, 48])
  expect(made.notHonoured).toEqual(['4 times: 3.99 is the most that fits here'])
  expect(labelIn(made)).not.toBeNull()
  await expect(make({ ...request, model: 'local/upscale' })).rejects.toMatchObject({
    code: 'invalid_input',
  })
  const small = { ...request, image: await photoOf(30), scale: 2 }
  const twice = await make({ ...small, model: 'fal-ai/bria/upscale/creative' })
  expect([twice.size, twice.notHonoured, labelIn(twice)]).toEqual([[60, 60], [], null])
})

async function photoOf(side: number): Promise<InputImage> {
  const { bytes } = await photo('coffee')
  return imageOf(await sharp(bytes).resize(side, side).png().toBuffer())
}

test.each([
  '',
  ' ',
  '!!!',
  '🎩',
  '把天空变成紫色',
  '\ud83d',
  '"',
  'no',
  'x'.repeat(10_000),
  '"'.repeat(999),
])('a priced model draws something for any prompt: %j', async (prompt) => {
  const request = { operation: 'generateImage', model: 'fal-ai/ideogram/v3', count: 1 } as const
  expect((await make({ ...request, prompt, width: 64, height: 64 })).size).toEqual([64, 64])
})
