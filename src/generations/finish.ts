import type { Unit } from '../db/db.ts'
import type { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { capture, release } from '../ledger/ledger.ts'
import type { SavedFile } from '../media/save.ts'
import { storeFailure, type Remarks } from './generation.ts'
import { finishGeneration, insertAsset } from './rows.ts'

export type Result = Remarks & { files: SavedFile[]; upstreamCost: number | null }
export type Job = { id: string; accountId: string; unitPrice: number }

/**
 * Charges for what was delivered and stores the result, in one unit. False where the same was done
 * before. Throws `HoldError` where the hold has ended otherwise: then the result must not be given out.
 */
export function* complete(
  { id, accountId, unitPrice }: Job,
  { files, upstreamCost, ...remarks }: Result,
  at: number,
): Unit<boolean> {
  if (!(yield* capture(id, unitPrice * files.length, at))) return false
  for (const [position, file] of files.entries()) {
    yield* insertAsset({
      id: newId('asset', at),
      account_id: accountId,
      generation_id: id,
      position,
      path: file.path,
      mime_type: file.mimeType,
      width: file.width,
      height: file.height,
      bytes: file.bytes,
      sha256: file.sha256,
      created_at: at,
    })
  }
  yield* finishGeneration({
    id,
    status: 'completed',
    error: null,
    remarks: JSON.stringify(remarks),
    upstream_cost: upstreamCost,
    finished_at: at,
  })
  return true
}

/**
 * Releases the hold and stores why, in one unit. False where the same was done before. Throws `HoldError`
 * where the hold has ended otherwise.
 */
export function* fail(
  id: string,
  failure: AppError,
  at: number,
  state: 'released' | 'expired' = 'released',
): Unit<boolean> {
  if (!(yield* release(id, at, state))) return false
  yield* finishGeneration({
    id,
    status: 'failed',
    error: storeFailure(failure),
    remarks: '{}',
    upstream_cost: null,
    finished_at: at,
  })
  return true
}
