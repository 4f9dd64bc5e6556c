import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Row, Sight } from '../matrix.ts'
import type { Open, Schema, Seen } from './host.ts'
import { play, type Story } from './story.ts'

const TOOLS = [
  'generateImage',
  'editImage',
  'removeBackground',
  'upscale',
  'run',
  'getGeneration',
  'viewImage',
  'findImages',
  'checkUsage',
  'buyCredits',
]
/** Bytes as text that a model should not have to read. */
export const BASE64 = /[A-Za-z0-9+/]{200}/
const PICTURE_MAX_BYTES = 100_000

/** Holds a library against its row of the matrix, and against what is the same for all. */
export function checkHost(row: Row, open: Open): void {
  describe(`with ${row.name}`, () => {
    let story: Story
    beforeAll(async () => void (story = await play(open)))

    test('the model is told of all tools, of sizes as texts and of the input of run as an object', () => {
      const { tools } = story
      expect(tools.map(({ name }) => TOOLS.find((tool) => name.endsWith(tool)))).toEqual(TOOLS)
      expect(tools.filter(({ description }) => description === '')).toEqual([])
      const [generate, , , , run] = tools.map(({ parameters }) => parameters)
      expect(generate?.required).toContain('prompt')
      expect(typesOf(generate?.properties?.imageSize)).toContain('string')
      expect(generate?.properties?.imageSize?.description).toContain(
        'square_hd, square, portrait_4_3',
      )
      expect(run?.required).toEqual(expect.arrayContaining(['model', 'input']))
      expect(run?.properties?.input).toMatchObject({ type: 'object' })
      const { additionalProperties } = run?.properties?.input ?? {}
      expect(additionalProperties === false).toBe(row.closesInput === true)
    })

    test('it reads the file, the id, the cost and what is left of a paid image', async () => {
      const { paid } = story
      expect(paid.text).toMatch(/Saved \S+\.png \(512×512 PNG, [^)]+, asset_\w+\), as gen_\w+\./)
      expect(paid.text).toContain('fal-ai/flux-2-flex cost $0.05 in test credits.')
      expect(paid.text).toContain('Balance $4.95. Session budget: $0.05 of $0.10 left.')
      await expectSight(paid, row.paid)
      expect(paid.structured).toBe(row.structured.includes('paid'))
    })

    test('viewImage brings the same picture again', async () => {
      expect(story.viewed.text).toMatch(/asset_\w+: image\/png, 512×512/)
      await expectSight(story.viewed, row.viewed)
    })

    test('run takes an open input, and its picture comes like any other', async () => {
      expect(story.ran.text).toMatch(/Saved \S+ \(256×128 PNG, .*fal-ai\/lora cost \$0\.02/)
      await expectSight(story.ran, row.paid)
    })

    test('a refusal says why, and what could be had instead', () => {
      const { text, pictures } = story.refused
      expect(text).toContain(
        'Session budget exceeded: this costs $0.05, and $0.03 is left of $0.10',
      )
      expect(text).toContain('Affordable now: fal-ai/flux/schnell ($0.003), local/draft (free).')
      expect(pictures).toEqual([])
    })

    test('checkUsage tells every sum', () => {
      const { text, structured } = story.usage
      expect(text).toContain('Balance: $4.93 of test credits')
      expect(text).toContain('This session has spent $0.07 of its $0.10; $0.03 is left.')
      expect(text).toMatch(
        /run fal-ai\/lora \$0\.02 gen_.*generateImage fal-ai\/flux-2-flex \$0\.05/s,
      )
      expect(structured).toBe(row.structured.includes('usage'))
    })

    test('each image was charged once, and the ledger proves', () => {
      const { charges, available, held, difference } = story.ledger
      expect(charges).toMatchObject([
        { operation: 'run', model: 'fal-ai/lora', cost: { micro: 20_000 } },
        { operation: 'generateImage', model: 'fal-ai/flux-2-flex', cost: { micro: 50_000 } },
      ])
      expect({ available, held, difference }).toEqual({
        available: 4_930_000,
        held: 0,
        difference: null,
      })
    })

    test('the library prints what the matrix says, and calls no other machine', () => {
      const { printed, called } = story
      const { prints = [] } = row
      expect(printed.filter((line) => !prints.some((known) => known.test(line)))).toEqual([])
      expect(prints.filter((known) => !printed.some((line) => known.test(line)))).toEqual([])
      expect(called).toEqual([])
    })
  })
}

/** The types that an argument may have; some libraries add null. */
function typesOf({ type = [], anyOf = [] }: Schema = {}): string[] {
  return [type, anyOf.flatMap(typesOf)].flat()
}

async function expectSight({ text, pictures }: Seen, sight: Sight): Promise<void> {
  expect(BASE64.test(text)).toBe(sight === 'base64')
  expect(pictures).toHaveLength(sight === 'shown' ? 1 : 0)
  for (const { mimeType, data } of pictures) {
    const bytes = Buffer.from(data, 'base64')
    expect(bytes.length).toBeLessThanOrEqual(PICTURE_MAX_BYTES)
    const { format, width } = await sharp(bytes).metadata()
    expect(`image/${format}`).toBe(mimeType)
    expect(text).toContain(`${width}×`)
  }
}
