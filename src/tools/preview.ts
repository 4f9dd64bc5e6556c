import { AppError } from '../errors.ts'
import { makePreview } from '../media/preview.ts'
import type { Content } from './tool.ts'

/** A small image of a file for the model to look at; none for sound and for a file that has gone. */
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

/** The same beside a paid result, which stands even where its file was moved away since. */
export async function previewIfThere(
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
