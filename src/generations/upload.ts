import type { Caller } from '../accounts/caller.ts'
import type { Db } from '../db/db.ts'
import { newId } from '../ids.ts'
import { checkImage } from '../media/load.ts'
import { saveOutput, type SavedFile } from '../media/save.ts'
import { discard } from './outputs.ts'
import { insertAsset } from './rows.ts'

export type Upload = SavedFile & { id: string }

/**
 * Stores an image that tools can then be given by its id. Nothing is charged for it. Throws `input_unreadable`
 * for what is no image.
 */
export async function storeUpload(
  { db, dir, now }: { db: Db; dir: string; now: () => number },
  { account }: Caller,
  bytes: Uint8Array,
): Promise<Upload> {
  const checked = await checkImage({ bytes, name: 'upload' }, 'The upload')
  const at = now()
  const id = newId('asset', at)
  const file = await saveOutput({ bytes: checked.bytes }, { dir, name: id, kind: 'image' })
  const { path, width, height, sha256 } = file
  try {
    await db.write(() =>
      insertAsset({
        id,
        account_id: account.id,
        generation_id: null,
        position: 0,
        path,
        mime_type: file.mimeType,
        width,
        height,
        bytes: file.bytes,
        sha256,
        created_at: at,
      }),
    )
  } catch (error) {
    await discard([file])
    throw error
  }
  return { ...file, id }
}
