import type { TransactionBody } from '../db/db.ts'
import { AppError, type Hints } from '../errors.ts'
import { dayOf } from '../ledger/rules.ts'
import { memoizeFor } from '../once.ts'
import type { Payer } from '../db/schema/ledger.ts'
import type { Operation } from '../pricing/catalog.ts'
import type { PriceSource } from '../pricing/find-model.ts'
import type { ProviderResult } from '../providers/provider.ts'
import { truncate } from '../text.ts'
import { promptOf, type PaidRequest } from './request.ts'
import { selectAsset, selectAssets, selectGeneration, selectLinkedAsset } from './queries.ts'
import type { AssetTable, GenerationStatus, GenerationTable } from '../db/schema/generations.ts'
import { removed } from './retention.ts'
import { expiryOf } from './upload-queries.ts'

/** Sentences about a result: notes, what was adjusted, and what was dropped. */
export type Remarks = { notes: string[]; adjusted: string[]; dropped: string[] } & Pick<
  ProviderResult,
  'honoured' | 'notHonoured' | 'chosen'
>

const NO_REMARKS: Remarks = { notes: [], adjusted: [], dropped: [] }

/** A generation as its account may see it. Amounts are micro-dollars, times are milliseconds since 1970. */
export type Generation = {
  id: string
  status: GenerationStatus
  /** Whether the work is done and waits for disk space, to be saved or charged. */
  unsaved: boolean
  /** Whether it is completed, and nobody has noted that its caller has the result. */
  unheard: boolean
  operation: Operation
  model: string
  provider: string
  billing: Payer
  priceSource: PriceSource
  /** The amount charged, or on an own key the amount that fal will charge; 0 while it runs and if it failed. */
  cost: number
  /** The amount held while it runs. */
  held: number
  /** The price of one file. */
  unitPrice: number
  /** Its prompt; null if it has none. */
  prompt: string | null
  assets: AssetTable[]
  remarks: Remarks
  /** What the provider billed the owner of its key; null if unknown. For the operator. */
  upstreamCost: number | null
  failure: AppError | null
  sessionId: string
  createdAt: number
  leaseUntil: number
}

/** Whether nothing more will happen to a generation. */
export function hasEnded({ status }: { status: GenerationStatus }): boolean {
  return status === 'completed' || status === 'failed'
}

/** A request as it is stored, with its price for one file in micro-dollars. Data URIs are shortened. */
export type StoredRequest = {
  request: PaidRequest
  unitPrice: number
  priceSource: PriceSource
  /** The wanted file name; absent if the caller gave none. */
  saveAs?: string
}

/** Returns a request as JSON for the database. Data URIs are shortened to 33 characters. */
export function storeRequest(stored: StoredRequest): string {
  return JSON.stringify(stored, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith('data:') ? truncate(value, 33) : value,
  )
}

type StoredFailure = Pick<AppError, 'code' | 'message' | 'facts'> & Hints

/** Returns the public part of a failure as JSON. Its cause is only logged. */
export function storeFailure(failure: AppError): string {
  const { code, message, hint, toolHint, localHint, facts } = failure
  return JSON.stringify({ code, message, hint, toolHint, localHint, facts } satisfies StoredFailure)
}

/** Returns a stored failure. */
export function readFailure(text: string): AppError {
  const { code, message, ...options } = JSON.parse(text) as StoredFailure
  return new AppError(code, message, options)
}

/** Returns a generation of this account. Throws `not_found`, also for one of another account. */
export function* findGeneration(accountId: string, id: string): TransactionBody<Generation> {
  const [row] = yield* selectGeneration({ id, account_id: accountId })
  if (row === undefined) throw notFound('generation')
  return {
    ...storedIn(row, () => readStored(row)),
    id,
    status: row.status,
    unsaved: row.status === 'running' && row.unsaved_at !== null,
    unheard: row.status === 'completed' && row.answer !== 'heard',
    operation: row.operation,
    model: row.model,
    provider: row.provider,
    billing: row.billing,
    cost: row.captured ?? 0,
    held: hasEnded(row) ? 0 : row.amount,
    assets: yield* selectAssets({ generation_id: id }),
    upstreamCost: row.upstream_cost,
    failure: row.error === null ? null : readFailure(row.error),
    sessionId: row.session_id,
    createdAt: row.created_at,
    leaseUntil: row.lease_until,
  }
}

/** What is stored as JSON is read once for each row. */
const storedIn = memoizeFor<Pick<Generation, 'unitPrice' | 'priceSource' | 'prompt' | 'remarks'>>()

function readStored(row: Pick<GenerationTable, 'request' | 'remarks'>) {
  const { request, unitPrice, priceSource } = JSON.parse(row.request) as StoredRequest
  const remarks = { ...NO_REMARKS, ...(JSON.parse(row.remarks) as Partial<Remarks>) }
  return { unitPrice, priceSource, prompt: promptOf(request), remarks }
}

/**
 * Returns a file by its id, or the first file of a generation. Throws `not_found`, also for one of another account and
 * an expired upload.
 */
export function* findAsset(accountId: string, id: string, at: number): TransactionBody<AssetTable> {
  const [asset] = id.startsWith('gen_')
    ? (yield* findGeneration(accountId, id)).assets
    : yield* selectAsset({ id, account_id: accountId })
  return yield* requireUnexpired(asset, at)
}

/** Returns a file of any account, for a request with a valid link signature. Throws `not_found`. */
export function* findLinkedAsset(id: string, at: number): TransactionBody<AssetTable> {
  const [asset] = yield* selectLinkedAsset({ id })
  return yield* requireUnexpired(asset, at)
}

/** Returns a file if it is there and has not expired. Throws `not_found`. */
export function* requireUnexpired(
  asset: AssetTable | undefined,
  at: number,
): TransactionBody<AssetTable> {
  if (asset === undefined) throw notFound('file')
  if (asset.removed_at !== null) throw yield* removed(asset, asset.removed_at)
  const expiry = expiryOf(asset)
  if (expiry === null || expiry > at) return asset
  const on = dayOf(expiry)
  throw new AppError('not_found', `This upload expired on ${on}: no tool used it for 7 days.`, {
    hint: 'Upload the image again, and use the new id.',
  })
}

function notFound(what: 'generation' | 'file'): AppError {
  const ofUploads =
    what === 'file' ? ' An upload that no tool uses for 7 days expires and is removed.' : ''
  return new AppError('not_found', `There is no ${what} with this id in this account.`, {
    hint: `Use an id from an earlier result.${ofUploads}`,
    toolHint: 'findImages lists the images that this account has.',
  })
}
