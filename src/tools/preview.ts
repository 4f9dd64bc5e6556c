import { AppError } from '../errors.ts'
import { makePreview } from '../media/preview.ts'
import type { Content } from './tool.ts'

/** Returns a small image of a file for the model, at most `maxSize` pixels per side. Returns [] for files without a picture, such as sound. */
export async function previewOf(path: string | undefined, maxSize: number): Promise<Content[]> {
  if (path === undefined) return []
  const preview = await makePreview(path, { maxSize })
  if (preview === null) return []
  return [
    {
      type: 'image',
      data: Buffer.from(preview.bytes).toString('base64'),
      mimeType: preview.mimeType,
    },
  ]
}

/** Like `previewOf`, but returns [] if the file is unreadable: a paid result stays valid if its file was moved. */
export async function previewIfReadable(
  path: string | undefined,
  maxSize: number,
): Promise<Content[]> {
  try {
    return await previewOf(path, maxSize)
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
}
