import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { plainPicture, type Home } from './app.ts'
import type { FalEmulator, FalModel } from '../services/fal/emulator.ts'
import { glb, pcm, safetensors, svg } from '../services/fal/shapes.ts'

/** A picture that models of the emulator can read. */
export const PHOTO = 'https://photos.example/cat.png'

/** A call of `run` whose model makes no picture of pixels, and the file it must bring. */
export type KindCase = {
  what: string
  model: string
  input: Record<string, unknown>
  /** Micro-dollars. */
  cost: number
  mimeType: string
  extension: string
  size?: { width: number; height: number }
  /** Type and size as a text says them. */
  words: string
  /** Whether a browser may show it. */
  isShown: boolean
  /** The file's bytes, where the emulator makes the same each time. */
  bytes: Buffer
}

const DEFAULT_COST = 50_000
const whisper = {
  text: 'Hello there.',
  chunks: [{ timestamp: [0, 1.2], text: 'Hello there.' }],
  inferred_languages: ['en'],
}
const json = (body: unknown) => Buffer.from(`${JSON.stringify(body, null, 2)}\n`)

export const KIND_CASES: readonly KindCase[] = [
  {
    what: 'a mesh',
    model: 'fal-ai/trellis',
    input: { image_url: PHOTO },
    cost: DEFAULT_COST,
    mimeType: 'model/gltf-binary',
    extension: 'glb',
    words: 'model/gltf-binary, 84 bytes',
    isShown: false,
    bytes: glb(),
  },
  {
    what: 'a LoRA',
    model: 'fal-ai/flux-lora-fast-training',
    input: { images_data_url: 'https://photos.example/set.zip', trigger_word: 'TOK' },
    cost: DEFAULT_COST,
    mimeType: 'application/x-safetensors',
    extension: 'safetensors',
    words: 'application/x-safetensors, 67 bytes',
    isShown: false,
    bytes: safetensors(),
  },
  {
    what: 'a drawing',
    model: 'fal-ai/recraft/v3/text-to-vector',
    input: { prompt: 'a fox' },
    cost: DEFAULT_COST,
    mimeType: 'image/svg+xml',
    extension: 'svg',
    size: { width: 320, height: 200 },
    words: '320×200 SVG, 161 bytes',
    isShown: false,
    bytes: svg(),
  },
  {
    what: 'a text',
    model: 'fal-ai/any-llm',
    input: { prompt: 'fox' },
    cost: DEFAULT_COST,
    mimeType: 'text/plain',
    extension: 'txt',
    words: 'text/plain, 19 bytes',
    isShown: true,
    bytes: Buffer.from('You said “fox”.'),
  },
  {
    what: 'a transcript',
    model: 'fal-ai/whisper',
    input: { audio_url: 'https://sounds.example/a.mp3' },
    cost: DEFAULT_COST,
    mimeType: 'application/json',
    extension: 'json',
    words: 'application/json, 182 bytes',
    isShown: true,
    bytes: json(whisper),
  },
  {
    what: 'a number',
    model: 'fal-ai/imageutils/nsfw',
    input: { image_url: PHOTO },
    cost: DEFAULT_COST,
    mimeType: 'application/json',
    extension: 'json',
    words: 'application/json, 28 bytes',
    isShown: true,
    bytes: json({ nsfw_probability: 0 }),
  },
  {
    what: 'raw speech',
    model: 'minimax/speech-02-hd',
    input: { text: 'Hello.', audio_setting: { format: 'pcm' } },
    cost: DEFAULT_COST,
    mimeType: 'audio/pcm',
    extension: 'pcm',
    words: 'audio/pcm, 3 kB',
    isShown: true,
    bytes: pcm(),
  },
]

/** Puts the picture where the models look for it. */
export async function publishPhoto(fal: FalEmulator, home: Pick<Home, 'path'>): Promise<void> {
  fal.publish(PHOTO, await readFile(await plainPicture(home)))
}

/** What a result says of the file of a case. */
export function shownOf({ mimeType, size, bytes }: KindCase) {
  const { width, height } = size ?? { width: null, height: null }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { mimeType, width, height, bytes: bytes.length, sha256 }
}

/** A model whose every answer is this. */
export function answering(body: Record<string, unknown>): FalModel {
  return {
    fields: {},
    unit: 'generations',
    unitPriceUsd: 0.01,
    units: () => 1,
    make: async () => ({ body, megapixels: 0, pixels: 0 }),
  }
}
