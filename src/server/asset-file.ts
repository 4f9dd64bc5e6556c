import { stat } from 'node:fs/promises'
import type { App } from '../app.ts'
import { AppError } from '../errors.ts'
import { findAsset } from '../generations/generation.ts'

export type AssetFile = { id: string; path: string; mimeType: string; bytes: number }

/** The file behind an id, in the caller's account. Throws `not_found`, also where the file has gone since. */
export async function assetFile(app: App, accountId: string, id: string): Promise<AssetFile> {
  const asset = await app.db.read(() => findAsset(accountId, id))
  return {
    id: asset.id,
    path: asset.path,
    mimeType: asset.mime_type,
    bytes: await sizeOf(asset.path),
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (cause) {
    throw new AppError('not_found', 'The file of this image is no longer there.', {
      hint: 'Make it again.',
      cause,
    })
  }
}
