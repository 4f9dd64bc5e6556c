import sharp from 'sharp'
import type { RequestOf } from '../../src/providers/provider.ts'
import type { InputImage } from '../../src/media/image.ts'
import { imageOf, make } from './local.ts'

/** 300 x 200, with a different colour everywhere. */
export async function ramp(): Promise<InputImage> {
  const pixels = Buffer.alloc(300 * 200 * 3)
  for (let at = 0; at < 300 * 200; at += 1)
    pixels.set([at % 256, (at * 7) % 256, 255 - (at % 200)], at * 3)
  const raw = { width: 300, height: 200, channels: 3 } as const
  return imageOf(await sharp(pixels, { raw }).png().toBuffer())
}

/** Runs an edit of that picture by a priced model, as test mode does. */
export async function rehearse(prompt: string, more: Partial<RequestOf<'editImage'>> = {}) {
  const images = [await ramp()]
  return await make({
    operation: 'editImage',
    model: 'fal-ai/flux-pro/kontext',
    count: 1,
    prompt,
    images,
    ...more,
  })
}

/** A picture of one colour, 32, 176, 208. */
export async function plain(width: number, height: number): Promise<InputImage> {
  const create = { width, height, channels: 3, background: '#20b0d0' } as const
  return imageOf(await sharp({ create }).png().toBuffer())
}
