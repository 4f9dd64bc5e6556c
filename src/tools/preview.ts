import type { AssetTable } from '../db/schema/generations.ts'
import { AppError } from '../errors.ts'
import type { Files } from '../generations/files.ts'
import type { Content } from './tool.ts'

/** Returns a small image of a file for the model, at most `maxSize` pixels per side. Returns [] for files without a picture, such as sound. */
export async function previewOf(
  files: Files,
  asset: AssetTable | undefined,
  maxSize: number,
): Promise<Content[]> {
  const preview = asset === undefined ? null : await files.preview(asset, maxSize)
  if (preview === null) return []
  const data = Buffer.from(preview.bytes).toString('base64')
  return [{ type: 'image', data, mimeType: preview.mimeType }]
}

/** Like `previewOf`, but returns [] if the file is unreadable: a paid result stays valid without it. */
export async function previewIfReadable(
  files: Files,
  asset: AssetTable | undefined,
  maxSize: number,
): Promise<Content[]> {
  try {
    return await previewOf(files, asset, maxSize)
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
}
