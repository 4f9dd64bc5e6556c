import sharp from 'sharp'
import { expect, test } from 'vitest'
import { CATALOG } from '../../src/pricing/catalog.ts'
import { createLocalProvider, STAND_IN_NOTE } from '../../src/providers/local.ts'

async function run(model: string, input: Record<string, unknown>, count = 1) {
  const { outputs, notes } = await createLocalProvider().run(
    { operation: 'run', model, input, count },
    {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onAccepted: async () => undefined,
    },
  )
  expect(notes[0]).toBe(STAND_IN_NOTE)
  return outputs.map(({ bytes }) => Buffer.from(bytes as Uint8Array))
}

function modelOf(modality: string): string {
  return CATALOG.find((model) => model.operation === 'run' && model.modality === modality)?.id ?? ''
}

/** What a WAV header says, and how loud its samples of 8 bits get, 0 to 1. */
function readWav(file = Buffer.alloc(44)) {
  expect([file.toString('latin1', 0, 4), file.toString('latin1', 8, 16)]).toEqual([
    'RIFF',
    'WAVEfmt ',
  ])
  expect(file.readUInt32LE(4)).toBe(file.length - 8)
  expect([file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt16LE(34)]).toEqual([1, 1, 8])
  const bytes = file.readUInt32LE(40)
  expect(bytes).toBe(file.length - 44)
  const samples = file.subarray(44)
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value - 128) / 128), 0)
  return { seconds: bytes / file.readUInt32LE(28), peak }
}

test('a video model answers with a film of two seconds', async () => {
  const [film] = await run(modelOf('video'), { prompt: 'aurora', duration: 5 })
  const facts = await sharp(film, { animated: true }).metadata()
  expect(facts).toMatchObject({ format: 'webp', pages: 24, width: 512, pageHeight: 288 })
  expect(facts.delay?.reduce((sum, delay) => sum + delay, 0)).toBe(2016)
})

test('a music model answers with four seconds that are audible and do not clip', async () => {
  const [chord] = await run(modelOf('music'), { prompt: 'calm piano' })
  const { seconds, peak } = readWav(chord)
  expect(seconds).toBe(4)
  expect(peak).toBeGreaterThan(0.2)
  expect(peak).toBeLessThan(0.98)
})

test('a voice model answers with a tone that is longer for a longer text', async () => {
  const [short, long, endless] = await Promise.all(
    ['Hello there.', 'Hello there, and welcome to a rather longer sentence.', 'x'.repeat(5000)].map(
      async (text) => readWav((await run(modelOf('voice'), { text }))[0]),
    ),
  )
  expect([short?.seconds, long?.seconds, endless?.seconds]).toEqual([1.05, 4.2, 5.25])
  for (const { peak = 0 } of [short, long, endless].map((wav) => wav ?? { peak: 0 })) {
    expect(peak).toBeGreaterThan(0.2)
    expect(peak).toBeLessThan(0.98)
  }
})

test.each([
  [{}, 1024, 768],
  [{ image_size: 'portrait_16_9' }, 576, 1024],
  [{ image_size: { width: 300, height: 200 } }, 300, 200],
  [{ image_size: { width: 9, height: 1e9 } }, 64, 4096],
  [{ image_size: 'nonsense' }, 1024, 768],
])('an image model answers %j with a draft of %i x %i', async (input, width, height) => {
  const [draft] = await run('fal-ai/lora', { prompt: 'stripes in teal', ...input })
  expect(await sharp(draft).metadata()).toMatchObject({ format: 'png', width, height })
})

test('an unlisted model is an image model, and its id stands in for a missing prompt', async () => {
  const [one, two] = await run('acme/teal-gradient', { image_size: 'square' }, 2)
  expect(await sharp(one).metadata()).toMatchObject({ format: 'png', width: 512, height: 512 })
  expect(one?.equals(two ?? Buffer.alloc(0))).toBe(false)
})
