import type { Caller } from '../accounts/caller.ts'
import { displayBytes } from '../bytes.ts'
import { firstOrThrow, type Db, type TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { openAccount } from '../ledger/ledger.ts'
import { lockAccount } from '../ledger/queries/account.ts'
import type { Log } from '../log.ts'
import { checkImage } from '../media/check.ts'
import type { DiskSpace } from '../media/disk-space.ts'
import { saveOutput, type SavedFile } from '../media/save.ts'
import type { Files } from './files.ts'
import { discard } from './outputs.ts'
import { selectAsset } from './queries.ts'
import type { AssetTable } from '../db/schema/generations.ts'
import {
  deleteExpiredUpload,
  insertUpload,
  selectExpiredUploads,
  sumUploads,
  touchUpload,
  UNUSED_MS,
} from './upload-queries.ts'

export type Upload = SavedFile & { id: string }

export type UploadDeps = {
  db: Db
  log: Log
  diskSpace: DiskSpace
  files: Pick<Files, 'store' | 'remove'>
  /** The time, in milliseconds since 1970. */
  now: () => number
  /** The limit for the unexpired uploads of one account together, in bytes. */
  quota: number
}

/** An upload would exceed the quota of its account; amounts are bytes. Over HTTP it has the status 413. */
export class UploadQuotaError extends AppError {
  constructor({ used, quota, bytes }: { used: number; quota: number; bytes: number }) {
    super(
      'invalid_input',
      `Uploads of this account use ${used} of ${quota} bytes (${displayBytes(used)} of ${displayBytes(quota)}); this file of ${bytes} bytes does not fit.`,
      {
        hint: 'Give the image to a tool by https: URL or as a data: URI instead, or wait: an upload that no tool uses for 7 days is removed. The operator sets the quota.',
      },
    )
  }
}

/**
 * Stores an image, which tools then accept by its id. It is free. Throws `input_unreadable` if it is not an image,
 * `UploadQuotaError`, and `ledger_unavailable` if there is no disk space.
 */
export async function storeUpload(
  deps: UploadDeps,
  { account }: Caller,
  bytes: Uint8Array,
): Promise<Upload> {
  const { db, diskSpace, files, now, quota } = deps
  const { store } = files
  const checked = await checkImage({ bytes, name: 'upload' }, 'The upload')
  await removeExpiredUploads(deps)
  const at = now()
  const expired_at = at - UNUSED_MS
  const counted = { account_id: account.id, expired_at }
  const used = firstOrThrow(await db.read(() => sumUploads(counted))).bytes
  // An early check to avoid writing a file that is clearly too large. The insert enforces the quota.
  if (used + bytes.length > quota) throw new UploadQuotaError({ used, quota, bytes: bytes.length })
  await diskSpace.assertFits(bytes.length)
  const id = newId('asset', at)
  const file = await saveOutput({ bytes: checked.bytes }, { store, name: id, kind: 'image' })
  const { mimeType: mime_type, ...facts } = file
  const row = { ...facts, mime_type, id, created_at: at, ...counted, quota }
  try {
    await db.write(() => add(row, account.name))
  } catch (error) {
    await discard(store, [file])
    throw error
  }
  return { ...file, id }
}

type NewRow = Parameters<typeof insertUpload>[0]

function* add(row: NewRow, accountName: string): TransactionBody<void> {
  yield* openAccount(row.account_id, accountName, row.created_at)
  yield* lockAccount({ id: row.account_id }) // of two uploads at once, the second counts the first
  const [added] = yield* insertUpload(row)
  if (added !== undefined) return
  const [known] = yield* selectAsset(row)
  if (known !== undefined) return // added before, and the reply to the commit was lost
  const { bytes: used } = firstOrThrow(yield* sumUploads(row))
  throw new UploadQuotaError({ used, quota: row.quota, bytes: row.bytes })
}

/** Shortest time between two records of the use of an upload, in milliseconds. */
const TOUCH_EVERY_MS = 60 * 60_000

/** Records that a tool uses a file. For an upload this moves its expiry. */
export async function noteUse(
  { db, now }: Pick<UploadDeps, 'db' | 'now'>,
  { id, generation_id, used_at, created_at }: AssetTable,
): Promise<void> {
  const at = now()
  if (generation_id !== null || (used_at ?? created_at) > at - TOUCH_EVERY_MS) return
  await db.write(() => touchUpload({ id, used_at: at, expired_at: at - UNUSED_MS }))
}

/** Most expired uploads removed at a time, which is more than one new upload adds. */
const REMOVE_MAX = 50

/** Removes expired uploads. The files go first, so that an interrupted removal is found and repeated. */
export async function removeExpiredUploads({
  db,
  log,
  files,
  now,
}: Pick<UploadDeps, 'db' | 'log' | 'files' | 'now'>): Promise<void> {
  const expired_at = now() - UNUSED_MS
  const expired = await db.read(() => selectExpiredUploads({ expired_at, limit: REMOVE_MAX }))
  if (expired.length === 0) return
  const removals = await Promise.allSettled(expired.map((asset) => files.remove(asset)))
  const removed = expired.filter((_, index) => removals[index]?.status === 'fulfilled')
  if (removed.length < expired.length)
    log.warn('uploads.not_removed', { count: expired.length - removed.length })
  await db.write(function* deleteRows() {
    for (const { id } of removed) yield* deleteExpiredUpload({ id, expired_at })
  })
}
