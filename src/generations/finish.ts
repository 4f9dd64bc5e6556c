import type { TransactionBody } from '../db/db.ts'
import type { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { capture, release } from '../ledger/ledger.ts'
import type { SavedFile } from '../media/save.ts'
import { UnpaidWorkError, type UpstreamBill } from '../providers/provider.ts'
import { raiseExhausted } from './alerts.ts'
import { storeFailure, type Remarks } from './generation.ts'
import { finishGeneration, insertAsset, selectAssets, type Finish } from './queries.ts'
import type { AssetTable } from '../db/schema/generations.ts'
import { indexPrompt } from './search.ts'
import { book, type Booking } from './upstream.ts'

/** A result: its saved files, what the provider billed, and the part of that bill that no one pays. */
export type Result = Remarks & { files: SavedFile[]; bill?: UpstreamBill; unpaid?: UpstreamBill }
/** A job with the price of one of its files, in micro-dollars. */
export type PricedJob = { id: string; accountId: string; unitPrice: number }

/** The arguments of `complete`; `at` is in milliseconds since 1970. */
export type Completion = { job: PricedJob; result: Result; at: number }
/** The arguments of `fail`; `at` is in milliseconds since 1970. */
export type Failure = {
  id: string
  failure: AppError
  at: number
  state: 'released' | 'expired'
}

/**
 * Charges for the delivered files and stores the result, in one unit. Returns false if another attempt did that before,
 * but true again for the same files. Throws `HoldError` if the hold ended in another way: then the caller must not get
 * the result.
 */
export function* complete(completion: Completion): TransactionBody<boolean> {
  const { job, result, at } = completion
  yield* finishGeneration(finishOf(completion)) // before its hold, as in every write, to avoid deadlocks
  if (!(yield* capture(job.id, chargeFor(completion), at))) return yield* isStored(job, result)
  for (const asset of assetsOf(completion)) yield* insertAsset(asset)
  yield* indexPrompt({ id: job.id })
  for (const booking of deliveryOf(completion)) yield* book(booking)
  return true
}

/**
 * Releases the hold and stores the failure, in one unit. Returns false if the same was done before. Throws `HoldError`
 * if the hold ended in another way.
 */
export function* fail(failed: Failure): TransactionBody<boolean> {
  yield* finishGeneration(failureOf(failed))
  if (!(yield* release(failed.id, failed.at, failed.state))) return false
  for (const booking of lossOf(failed)) yield* book(booking)
  yield* raiseExhausted([failed])
  return true
}

/** Returns the price of a completion in micro-dollars: the unit price for each file. */
export function chargeFor({ job, result }: Completion): number {
  return job.unitPrice * result.files.length
}

/** Returns the changes of a completed generation. */
export function finishOf({ job, result, at }: Completion): Finish {
  const { files: _, bill, unpaid: __, ...remarks } = result
  return {
    id: job.id,
    status: 'completed',
    error: null,
    remarks: JSON.stringify(remarks),
    upstream_cost: bill?.cost ?? null,
    finished_at: at,
  }
}

/** Returns the changes of a failed generation. */
export function failureOf({ id, failure, at }: Failure): Finish {
  return {
    id,
    status: 'failed',
    error: storeFailure(failure),
    remarks: '{}',
    upstream_cost: billOf(failure)?.cost ?? null,
    finished_at: at,
  }
}

/** Returns what a completion books for the operator; empty if the work is not billed. */
export function deliveryOf(completion: Completion): Booking[] {
  const { job, result, at } = completion
  const { bill, unpaid = null } = result
  const charged = chargeFor(completion)
  return bill === undefined ? [] : [{ id: job.id, charged, at, bill, unpaid, code: null }]
}

/** Returns what a failure books for the operator; empty if the work is not billed. */
export function lossOf({ id, failure, at }: Failure): Booking[] {
  const bill = billOf(failure)
  return bill === null ? [] : [{ id, at, bill, unpaid: bill, charged: 0, code: failure.code }]
}

function billOf(failure: AppError): UpstreamBill | null {
  return failure instanceof UnpaidWorkError ? failure.bill : null
}

/** Returns the rows of the files of a completion. */
export function assetsOf({ job, result, at }: Completion): AssetTable[] {
  return result.files.map((file, position) => ({
    id: newId('asset', at),
    account_id: job.accountId,
    generation_id: job.id,
    position,
    store: file.store,
    path: file.path,
    mime_type: file.mimeType,
    width: file.width,
    height: file.height,
    bytes: file.bytes,
    sha256: file.sha256,
    source: file.source,
    former: null,
    created_at: at,
    used_at: null,
    removed_at: null,
  }))
}

/** Whether these files are the stored result: then this process stored it, and the reply to its commit was lost. */
function* isStored({ id }: PricedJob, { files }: Result): TransactionBody<boolean> {
  const stored = yield* selectAssets({ generation_id: id })
  if (stored.length !== files.length) return false
  return stored.every(({ path, position }) => path === files[position]?.path)
}
