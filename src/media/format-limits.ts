import { AppError } from '../errors.ts'
import type { ImageFormat } from './image.ts'

/** Longest side of each format, in pixels. JPEG itself allows 65,535; its common library allows 65,500. */
const LONGEST_SIDE: Readonly<Record<ImageFormat, number>> = {
  png: 0x7fff_ffff,
  jpeg: 65_500,
  webp: 16_383,
}

/** Throws `invalid_input` if a side of the image is longer than the format allows. */
export function assertFormatHolds(
  format: ImageFormat,
  { width, height }: { width: number; height: number },
): void {
  const longest = LONGEST_SIDE[format]
  if (Math.max(width, height) <= longest) return
  throw new AppError(
    'invalid_input',
    `The result has ${width} x ${height} pixels, and a ${format.toUpperCase()} file holds at most ${longest.toLocaleString('en')} a side.`,
    { hint: 'Leave outputFormat out for a PNG, or make the picture smaller first.' },
  )
}
