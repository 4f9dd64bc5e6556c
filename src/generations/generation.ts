import type { Unit } from '../db/db.ts'
import { AppError, type Hints } from '../errors.ts'
import { dayOf } from '../ledger/rules.ts'
import type { Payer } from '../db/schema/ledger.ts'
import type { Operation } from '../pricing/catalog.ts'
import type { PriceSource } from '../pricing/find-model.ts'
import type { ProviderResult } from '../providers/provider.ts'
import { truncate } from '../text.ts'
import { promptOf, type PaidRequest } from './request.ts'
import { selectAsset, selectAssets, selectGeneration, selectLinkedAsset } from './queries.ts'
import type { AssetTable, GenerationStatus } from '../db/schema/generations.ts'
import { expiryOf } from './upload-queries.ts'

/** Sentences about a result: facts, what was done in another form, and what could not be honoured. */
export type Remarks = { notes: string[]; adjusted: string[]; dropped: string[] } & Pick<
  ProviderResult,
  'honoured' | 'notHonoured'
>

const NO_REMARKS: Remarks = { notes: [], adjusted: [], dropped: [] }

/** A generation as its account may see it. */
export type Generation = {
  id: string
  status: GenerationStatus
  /** Whether the work is done and only waits for disk space, to be saved or charged. */
  unsaved: boolean
  operation: Operation
  model: string
  provider: string
  billing: Payer
  priceSource: PriceSource
  /** What was charged, or on an own key what fal will charge; 0 while it runs and where it failed. */
  cost: number
  /** What its hold keeps back while it runs. */
  held: number
  /** What one of its files costs. */
  unitPrice: number
  /** What it was asked for in words, if in any. */
  prompt: string | null
  assets: AssetTable[]
  remarks: Remarks
  /** What the provider billed the owner of its key, in micro-dollars, where it said. For the operator. */
  upstreamCost: number | null
  failure: AppError | null
  sessionId: string
  createdAt: number
  leaseUntil: number
}

/** What is stored of a request: what was asked, and how it was priced. Data URIs are left out. */
export type StoredRequest = {
  request: PaidRequest
  unitPrice: number
  priceSource: PriceSource
  /** What its files are to be called; absent where the caller named none. */
  saveAs?: string
}

/** Words for the database; the bytes of a data URI have no business there. */
export function storeRequest(stored: StoredRequest): string {
  return JSON.stringify(stored, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith('data:') ? truncate(value, 33) : value,
  )
}

type StoredFailure = Pick<AppError, 'code' | 'message' | 'facts'> & Hints

/** The public half of a failure; its cause stays in the log. */
export function storeFailure(failure: AppError): string {
  const { code, message, hint, toolHint, localHint, facts } = failure
  return JSON.stringify({ code, message, hint, toolHint, localHint, facts } satisfies StoredFailure)
}

/** A failure as it was stored. */
export function readFailure(text: string): AppError {
  const { code, message, ...options } = JSON.parse(text) as StoredFailure
  return new AppError(code, message, options)
}

/** A generation of this account. Throws `not_found`, also for another account's. */
export function* findGeneration(accountId: string, id: string): Unit<Generation> {
  const [row] = yield* selectGeneration({ id, account_id: accountId })
  if (row === undefined) throw notFound('generation')
  const { request, unitPrice, priceSource } = JSON.parse(row.request) as StoredRequest
  return {
    id,
    status: row.status,
    unsaved: row.status === 'running' && row.unsaved_at !== null,
    operation: row.operation,
    model: row.model,
    provider: row.provider,
    billing: row.billing,
    priceSource,
    cost: row.captured ?? 0,
    held: row.status === 'running' ? row.amount : 0,
    unitPrice,
    prompt: promptOf(request),
    assets: yield* selectAssets({ generation_id: id }),
    remarks: { ...NO_REMARKS, ...(JSON.parse(row.remarks) as Partial<Remarks>) },
    upstreamCost: row.upstream_cost,
    failure: row.error === null ? null : readFailure(row.error),
    sessionId: row.session_id,
    createdAt: row.created_at,
    leaseUntil: row.lease_until,
  }
}

/** A file by its own id, or the first of a generation. Throws `not_found`, also for another account's. */
export function* findAsset(accountId: string, id: string, at: number): Unit<AssetTable> {
  const [asset] = id.startsWith('gen_')
    ? (yield* findGeneration(accountId, id)).assets
    : yield* selectAsset({ id, account_id: accountId })
  return unexpired(asset, at)
}

/** A file whose link was signed by us, whoever holds it. Throws `not_found`. */
export function* findLinkedAsset(id: string, at: number): Unit<AssetTable> {
  const [asset] = yield* selectLinkedAsset({ id })
  return unexpired(asset, at)
}

function unexpired(asset: AssetTable | undefined, at: number): AssetTable {
  if (asset === undefined) throw notFound('file')
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
