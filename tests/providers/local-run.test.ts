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

/** What a WAV header says, and how loud its samples get. */
function readWav(file: Buffer) {
  expect([file.toString('latin1', 0, 4), file.toString('latin1', 8, 16)]).toEqual([
    'RIFF',
    'WAVEfmt ',
  ])
  expect(file.readUInt32LE(4)).toBe(file.length - 8)
  const bytes = file.readUInt32LE(40)
  expect(bytes).toBe(file.length - 44)
  let peak = 0
  for (let at = 44; at < file.length; at += 2) peak = Math.max(peak, Math.abs(file.readInt16LE(at)))
  return { seconds: bytes / file.readUInt32LE(28), peak }
}

test('a video model answers with a film of two seconds', async () => {
  const [film] = await run(modelOf('video'), { prompt: 'aurora', duration: 5 })
  const facts = await sharp(film, { animated: true }).metadata()
  expect(facts).toMatchObject({ format: 'webp', pages: 24, width: 512, pageHeight: 288 })
  expect(facts.delay?.reduce((sum, delay) => sum + delay, 0)).toBe(2016)
})

test('a music model answers with an audible chord that does not clip', async () => {
  const { seconds, peak } = readWav(
    (await run(modelOf('music'), { prompt: 'calm piano' }))[0] ?? Buffer.alloc(44),
  )
  expect(seconds).toBe(4)
  expect(peak).toBeGreaterThan(6000)
  expect(peak).toBeLessThan(32_000)
})

test('a voice model answers with a tone that is longer for a longer text', async () => {
  const [short] = await run(modelOf('voice'), { text: 'Hello there.' })
  const [long] = await run(modelOf('voice'), {
    text: 'Hello there, and welcome to a rather longer sentence.',
  })
  const [one, two] = [readWav(short ?? Buffer.alloc(44)), readWav(long ?? Buffer.alloc(44))]
  expect(one.seconds).toBeLessThan(two.seconds)
  expect(two.seconds).toBeLessThan(6.5)
  expect(Math.min(one.peak, two.peak)).toBeGreaterThan(6000)
  expect(Math.max(one.peak, two.peak)).toBeLessThan(32_000)
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
