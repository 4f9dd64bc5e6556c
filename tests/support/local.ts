import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { createLocalProvider } from '../../src/providers/local.ts'
import type { ProviderRequest, RunOptions } from '../../src/providers/provider.ts'
import type { InputImage } from '../../src/media/image.ts'

/** Photographs that anyone may use; THIRD_PARTY.md says whose they are. */
export const PHOTOS = ['astronaut', 'chelsea', 'coffee', 'rocket', 'camera'] as const

/** One of the photographs, as `media/load` would hand it over. */
export async function photo(name: (typeof PHOTOS)[number]): Promise<InputImage> {
  return await imageOf(readFileSync(join(import.meta.dirname, 'photos', `${name}.jpg`)), name)
}

/** The bytes of an image as an input. */
export async function imageOf(bytes: Buffer, name = 'made'): Promise<InputImage> {
  const { width, height, format } = await sharp(bytes).metadata()
  return { bytes, mimeType: `image/${format}`, width, height, name }
}

/** A picture drawn from SVG as an input. */
export async function drawn(svg: string, format: 'png' | 'jpeg' = 'png'): Promise<InputImage> {
  return await imageOf(await sharp(Buffer.from(svg)).toFormat(format, { quality: 92 }).toBuffer())
}

const provider = createLocalProvider()

/** Runs one request on the local provider and decodes its first output. */
export async function make(request: ProviderRequest, options: Partial<RunOptions> = {}) {
  const result = await provider.run(request, {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onAccepted: async () => undefined,
    ...options,
  })
  const files = result.outputs.map(({ bytes }) => Buffer.from(bytes as Uint8Array))
  const picture = await sharp(files[0]).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const { data, info } = picture
  return {
    ...result,
    files,
    data,
    size: [info.width, info.height],
    format: (await sharp(files[0]).metadata()).format,
    at: (x: number, y: number) => [
      ...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4),
    ],
  }
}
