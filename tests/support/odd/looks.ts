import sharp from 'sharp'
import { expect } from 'vitest'
import { MARK } from './marks.ts'
import type { Leaving } from './odd-file.ts'

/** What must stand in nothing that leaves the machine. */
const TRACES = [
  MARK,
  'Exif\0\0',
  'GPSLatitude',
  'http://ns.adobe.com/xap',
  'Photoshop 3.0',
  'XML:com.adobe.xmp',
]

/** Proves that bytes are what has to leave of an odd file. */
export async function expectLeft(
  file: Leaving,
  left: { bytes: Uint8Array; mimeType: string },
): Promise<void> {
  const bytes = Buffer.from(left.bytes)
  expect(left.mimeType).toBe(file.mimeType)
  expect(TRACES.filter((trace) => bytes.includes(Buffer.from(trace, 'latin1')))).toEqual([])
  const {
    width,
    height,
    exif,
    xmp,
    iptc,
    orientation = 1,
    pages = 1,
    icc,
  } = await sharp(bytes).metadata()
  expect({ width, height, exif, xmp, iptc, pages, orientation }).toEqual({
    width: file.width,
    height: file.height,
    exif: undefined,
    xmp: undefined,
    iptc: undefined,
    pages: 1,
    orientation: 1,
  })
  expect(announced(bytes)).toBe(0)
  const source = await sharp(file.bytes).metadata()
  const isKept = source.space !== 'cmyk' && source.icc !== undefined
  expect(icc?.equals(source.icc ?? Buffer.alloc(0)) ?? false).toBe(isKept)
  expectClose(await quartersOf(bytes), file.quarters)
  if (file.leaves === 'same') expect(bytes.equals(file.bytes)).toBe(true)
  if (file.leaves === 'cut') {
    expect(bytes.length).toBeLessThan(file.bytes.length)
    expect((await pixelsOf(bytes)).equals(await pixelsOf(file.bytes))).toBe(true)
  }
}

/** The bits of a WebP's header that announce EXIF and XMP; 0 for what has no such header. */
function announced(bytes: Buffer): number {
  return bytes.toString('latin1', 12, 16) === 'VP8X' ? (bytes[20] ?? 0) & 0x0c : 0
}

/** The colours in the middle of the four quarters. */
export async function quartersOf(bytes: Uint8Array): Promise<number[][]> {
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return [1, 3].flatMap((down) =>
    [1, 3].map((across) => {
      const x = Math.floor((info.width * across) / 4)
      const y = Math.floor((info.height * down) / 4)
      const at = (y * info.width + x) * info.channels
      return [...data.subarray(at, at + 3)]
    }),
  )
}

/** As far apart as JPEG and the way through CMYK may move a colour. */
const CLOSE = 30

export function expectClose(
  seen: readonly (readonly number[])[],
  meant: readonly (readonly number[])[],
): void {
  const distance = seen.flatMap((color, at) =>
    color.map((value, channel) => Math.abs(value - (meant[at]?.[channel] ?? 999))),
  )
  expect(
    Math.max(...distance),
    `${JSON.stringify(seen)} for ${JSON.stringify(meant)}`,
  ).toBeLessThan(CLOSE)
}

/** The numbers of the first frame as they stand in the file, whatever its profile makes of them. */
async function pixelsOf(bytes: Uint8Array): Promise<Buffer> {
  return await sharp(bytes, { ignoreIcc: true, failOn: 'error' }).ensureAlpha().raw().toBuffer()
}
