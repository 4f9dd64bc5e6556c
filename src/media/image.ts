import { AppError } from '../errors.ts'

/** The formats that images are delivered in. */
export const IMAGE_FORMATS = ['png', 'jpeg', 'webp'] as const
export type ImageFormat = (typeof IMAGE_FORMATS)[number]

/** Longest side of a file of each format, in pixels. JPEG itself knows 65,535; its usual library takes 65,500. */
const LONGEST_SIDE: Readonly<Record<ImageFormat, number>> = {
  png: 0x7fff_ffff,
  jpeg: 65_500,
  webp: 16_383,
}

/** Throws `invalid_input` where a picture has more pixels on a side than its format can hold. */
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
