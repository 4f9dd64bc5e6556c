import type { AssetTable } from '../db/schema/generations.ts'
import { query, type TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { dayOf } from '../ledger/rules.ts'
import { display } from '../money.ts'
import type { StoredRequest } from './generation.ts'

/** How long files and prompts are kept, in milliseconds; null for ever. The entries of the ledger are always kept. */
export type Retention = { files: number | null; prompts: number | null }

/** A file was removed for good. Over HTTP it has the status 410. */
export class RemovedError extends AppError {}

/** Returns when the file of a result will be removed, in milliseconds since 1970; null if it is kept for ever. */
export function removalOf(
  { created_at, generation_id }: Pick<AssetTable, 'created_at' | 'generation_id'>,
  { files }: Retention,
): number | null {
  return files === null || generation_id === null ? null : created_at + files
}

/** Returns the error for a file that was removed, with its date and price. */
export function* removed(
  { id, generation_id, created_at }: AssetTable,
  removedAt: number,
): TransactionBody<RemovedError> {
  const [made] = yield* query((db) =>
    db
      .selectFrom('generation')
      .select('request')
      .where('id', '=', generation_id ?? ''),
  )
  const { unitPrice = 0 } = made === undefined ? {} : (JSON.parse(made.request) as StoredRequest)
  const price = made === undefined ? 'uploaded' : `made for ${display(unitPrice)}`
  return new RemovedError(
    'not_found',
    `The file of ${id} was removed for good on ${dayOf(removedAt)}. It was ${price} on ${dayOf(created_at)}.`,
    {
      hint: 'Its charge stays in the history. Files are kept here for a limited time, or until their removal is asked for: save those that are needed for longer.',
    },
  )
}

/** Returns a stored request without anything that its caller wrote: what its price and its page need stays. */
export function forgotten(text: string): string {
  const { request, unitPrice, priceSource } = JSON.parse(text) as StoredRequest
  const { operation, model, count, ...rest } = request as StoredRequest['request'] &
    Record<string, unknown>
  const numbers = Object.entries(rest).filter(([, value]) => typeof value === 'number')
  const emptied = { images: [], image: '', input: {}, ...Object.fromEntries(numbers) }
  const kept = { operation, model, count, ...emptied }
  return JSON.stringify({ forgotten: true, request: kept, unitPrice, priceSource })
}
