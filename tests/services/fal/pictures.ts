import { createHash } from 'node:crypto'
import sharp from 'sharp'
import type { Size } from './size.ts'

const PICTURE_FORMATS = ['png', 'jpeg', 'webp', 'gif'] as const
export type PictureFormat = (typeof PICTURE_FORMATS)[number]

/** A real picture of one colour, which `seed` decides; a cut-out is clear at its left half. */
export async function paint(
  { width, height }: Size,
  format: PictureFormat,
  options: { seed: string; isCutout?: boolean },
): Promise<Buffer> {
  const [r = 0, g = 0, b = 0] = createHash('sha256').update(options.seed).digest()
  const isCutout = options.isCutout === true && format !== 'jpeg'
  const image = sharp({
    create: { width, height, channels: isCutout ? 4 : 3, background: { r, g, b } },
  })
  if (isCutout) {
    const hole = {
      create: {
        width: Math.max(1, width >> 1),
        height,
        channels: 4 as const,
        background: '#000',
      },
    }
    image.composite([{ input: hole, left: 0, top: 0, blend: 'dest-out' }])
  }
  switch (format) {
    case 'png':
      return image.png({ compressionLevel: 3 }).toBuffer()
    case 'jpeg':
      return image.jpeg({ quality: 80 }).toBuffer()
    case 'webp':
      return image.webp({ quality: 80, effort: 0 }).toBuffer()
    case 'gif':
      return image.gif({ effort: 1 }).toBuffer()
  }
}

/** The format a model delivers: what the request asks for in its field, else the model's own. */
export function formatOf(asked: string | undefined, own: PictureFormat): PictureFormat {
  return PICTURE_FORMATS.find((format) => format === asked) ?? own
}
