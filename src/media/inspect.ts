import { openImage } from './sharp.ts'

/** Size in pixels as it is displayed, after the rotation in EXIF. */
export type ImageSize = { width: number; height: number }

/** Image types that can be decoded here, to measure and preview them. */
const MEASURED: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/tiff',
])

/** Returns whether images of a type can be decoded here: PNG, JPEG, WebP, GIF, AVIF and TIFF. */
export function isMeasured(mimeType: string | null): boolean {
  return mimeType !== null && MEASURED.has(mimeType)
}

/** Returns the MIME type by content, of a path or of bytes, without parameters; null if it is unknown. */
export async function sniff(source: string | Uint8Array): Promise<string | null> {
  const { fileTypeFromBuffer, fileTypeFromFile } = await import('file-type')
  const found =
    typeof source === 'string' ? await fileTypeFromFile(source) : await fileTypeFromBuffer(source)
  const [mimeType = null] = found?.mime.split(';', 1) ?? []
  return mimeType === 'image/apng' ? 'image/png' : mimeType
}

/** Decodes the whole first frame of an image and returns its size. Throws as `openImage` does. */
export async function measureImage(
  source: string | Uint8Array,
  maxPixels: number,
): Promise<ImageSize> {
  const image = await openImage(source, maxPixels)
  const rows = typeof source === 'string' ? 0 : rowsOfPng(source)
  // The last row of a PNG is read after all others. This takes half the time of shrinking them.
  const decoded =
    rows > 0 && rows <= maxPixels
      ? image.extract({ left: 0, top: rows - 1, width: 1, height: 1 })
      : image.resize(8, 8, { fit: 'fill' })
  const decoding = decoded.raw().toBuffer()
  const [{ autoOrient }] = await Promise.all([image.metadata(), decoding])
  return { width: autoOrient.width, height: autoOrient.height }
}

const PNG_START = Buffer.from('89504e470d0a1a0a', 'hex')
/** Where the header of a PNG, which always comes first, has the number of its rows. */
const PNG_ROWS_AT = 20

/** Returns the number of rows of a PNG; 0 for another type. */
function rowsOfPng({ buffer, byteOffset, byteLength }: Uint8Array): number {
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  const isPng = byteLength >= PNG_ROWS_AT + 4 && PNG_START.equals(bytes.subarray(0, 8))
  return isPng ? bytes.readUInt32BE(PNG_ROWS_AT) : 0
}
