import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { Settings } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import { CHEAP, liveHome, type ShownOutput } from '../support/live.ts'
import { answerOf } from '../tools/support.ts'

/** One picture of fal, the file it became, and what that says of itself. */
async function made(args: object, settings: Settings = {}) {
  await using fal = await startFalEmulator()
  using home = liveHome(fal, settings)
  await using client = await connectV2(home)
  const result = answerOf(await client.call('generateImage', { ...CHEAP, ...args }))
  const [output] = result['outputs'] as (ShownOutput & { sha256: string })[]
  const file = readFileSync(output?.path ?? '')
  return { id: result['id'], output, file, xmp: (await sharp(file).metadata()).xmp?.toString() }
}

test.each(['png', 'jpeg'])(
  'a %s of a paid model says what it was made from, and is measured as it is saved',
  async (outputFormat) => {
    const { id, output, file, xmp } = await made({
      seed: 7,
      outputFormat,
      prompt: 'a fox & a bear',
    })
    for (const fact of [
      'a fox &amp; a bear',
      '>7<',
      `>${String(id)}<`,
      'fal-ai/flux/schnell',
      'trainedAlgorithmicMedia',
    ])
      expect(xmp).toContain(fact)
    expect([output?.bytes, output?.sha256]).toEqual([
      file.length,
      createHash('sha256').update(file).digest('hex'),
    ])
  },
)

test('with INKWELL_METADATA=off it says nothing', async () => {
  const { xmp, file } = await made({}, { INKWELL_METADATA: 'off' })
  expect(xmp).toBeUndefined()
  expect(file.includes('fox')).toBe(false)
})
