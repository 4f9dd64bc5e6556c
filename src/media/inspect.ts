import { openImage } from './sharp.ts'

/** Size in pixels as a person sees it: turned the way EXIF says. */
export type ImageSize = { width: number; height: number }

/** Images that can be decoded here: they are measured and shown. */
const MEASURED: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/tiff',
])

/** Whether a type is one of an image that can be decoded here: PNG, JPEG, WebP, GIF, AVIF and TIFF. */
export function isMeasured(mimeType: string | null): boolean {
  return mimeType !== null && MEASURED.has(mimeType)
}

/** MIME type by content, of a file's path or its bytes, without parameters; null where it is unknown. */
export async function sniff(source: string | Uint8Array): Promise<string | null> {
  const { fileTypeFromBuffer, fileTypeFromFile } = await import('file-type')
  const found =
    typeof source === 'string' ? await fileTypeFromFile(source) : await fileTypeFromBuffer(source)
  const [mimeType = null] = found?.mime.split(';', 1) ?? []
  return mimeType === 'image/apng' ? 'image/png' : mimeType
}

/** The size of an image, once its first frame is decoded to the end. Throws what `openImage` does. */
export async function measureImage(
  source: string | Uint8Array,
  maxPixels: number,
): Promise<ImageSize> {
  const image = await openImage(source, maxPixels)
  const { autoOrient } = await image.metadata()
  await image.resize(8, 8, { fit: 'fill' }).raw().toBuffer()
  return { width: autoOrient.width, height: autoOrient.height }
}
