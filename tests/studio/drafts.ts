import sharp from 'sharp'
import { createLocalProvider } from '../../src/providers/local.ts'
import type { RequestOf, RunOptions } from '../../src/providers/provider.ts'

const local = createLocalProvider()

function options(signal = new AbortController().signal): RunOptions {
  return { signal, onProgress: () => undefined, onAccepted: async () => undefined }
}

/** Draws drafts, by default one of 256 x 144. */
export async function generate(request: Partial<RequestOf<'generateImage'>>) {
  const result = await local.run(
    {
      operation: 'generateImage',
      model: 'fal-ai/flux-2-flex',
      count: 1,
      prompt: 'warm sunset mesh gradient',
      width: 256,
      height: 144,
      ...request,
    },
    options(),
  )
  return { ...result, files: result.outputs.map(({ bytes }) => Buffer.from(bytes as Uint8Array)) }
}

/** Red, green and blue, 0 to 255. */
export type Pixel = [number, number, number]

/** Every pixel of a file, row by row. */
export async function pixelsOf(file: Buffer): Promise<Pixel[]> {
  const data = await sharp(file).removeAlpha().raw().toBuffer()
  return Array.from({ length: data.length / 3 }, (_, index) => [
    data[index * 3] ?? 0,
    data[index * 3 + 1] ?? 0,
    data[index * 3 + 2] ?? 0,
  ])
}

/** The share of the pixels that have about this colour. */
export async function shareNear(
  file: Buffer,
  [red, green, blue]: Pixel,
  reach = 40,
): Promise<number> {
  const pixels = await pixelsOf(file)
  const near = pixels.filter(([r, g, b]) => Math.hypot(r - red, g - green, b - blue) <= reach)
  return near.length / pixels.length
}
