import { stat } from 'node:fs/promises'
import type { AssetTable } from '../db/schema/generations.ts'
import { AppError } from '../errors.ts'

/** A file on the disk; `bytes` is its size. */
export type AssetFile = { id: string; path: string; mimeType: string; bytes: number }

/** Returns the file of an asset on the disk. Throws `not_found` if it no longer exists. */
export async function fileOf({ id, path, mime_type: mimeType }: AssetTable): Promise<AssetFile> {
  try {
    return { id, path, mimeType, bytes: (await stat(path)).size }
  } catch (cause) {
    throw new AppError('not_found', 'The file of this result is no longer there.', {
      hint: 'Make it again.',
      cause,
    })
  }
}
