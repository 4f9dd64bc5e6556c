import * as z from 'zod'
import type { Db } from '../db/db.ts'
import type { AssetTable } from '../db/schema/generations.ts'
import type { EntryTable } from '../db/schema/ledger.ts'
import { AppError } from '../errors.ts'
import { selectAssets } from '../generations/queries.ts'
import { installId } from '../ledger/metadata.ts'
import { findEntry } from '../ledger/queries/entry.ts'
import { money } from '../money.ts'
import { MoneyShape } from '../usage/shapes.ts'
import { readSigned, sign, type JWK } from './jws.ts'
import { signingKey } from './signing-keys.ts'
import { iso } from '../text.ts'

/** What a receipt says: which ledger charged what to whom, for which files. Times are ISO 8601. */
export const ReceiptShape = z.object({
  /** The id of the ledger that signs. */
  ledger: z.string(),
  account: z.string(),
  generation: z.string(),
  /** The number of the charge in the journal of the account. */
  entry: z.number().int(),
  amount: MoneyShape,
  /** Who pays fal: with `own_key` the amount is what fal is expected to bill to the user. */
  billing: z.enum(['credits', 'own_key']),
  operation: z.string().nullable(),
  model: z.string().nullable(),
  charged_at: z.string(),
  /** The entry that gave the charge back; null if none did. */
  refund: z.object({ entry: z.number().int(), refunded_at: z.string() }).nullable(),
  /** The files that were delivered, by the SHA-256 of their bytes in hex. */
  files: z.array(
    z.object({
      id: z.string(),
      mime_type: z.string(),
      bytes: z.number().int(),
      sha256: z.string(),
    }),
  ),
  issued_at: z.string(),
})

export type Receipt = z.infer<typeof ReceiptShape>

type Now = { db: Db; now: () => number }

/**
 * Signs what a generation was charged, of this account, or of any if none is given. Returns a JWS in compact form.
 * Throws `not_found` if nothing was charged for it.
 */
export async function issueReceipt(
  { db, now }: Now,
  generationId: string,
  accountId?: string,
): Promise<{ receipt: Receipt; jws: string }> {
  const at = now()
  const ledger = await db.write(installId)
  const receipt = await db.read(function* reading() {
    const [charge] = yield* findEntry({ ref: generationId, kind: 'capture' })
    if (charge === undefined || charge.account_id !== (accountId ?? charge.account_id))
      throw nothingCharged()
    const [refund] = yield* findEntry({ ref: generationId, kind: 'refund' })
    const assets = yield* selectAssets({ generation_id: generationId })
    return { ledger, ...described(charge, refund, assets), issued_at: iso(at) }
  })
  const jws = await sign(receipt, 'inkwell-receipt', await signingKey(db, at))
  return { receipt, jws }
}

/** Returns what a receipt says, and which key signed it. Throws `invalid_input` if none of the keys did. */
export async function readReceipt(
  text: string,
  keys: readonly JWK[],
): Promise<{ receipt: Receipt; kid: string }> {
  const { value, kid } = await readSigned(text, 'inkwell-receipt', keys)
  return { receipt: ReceiptShape.parse(value), kid }
}

function described(
  charge: EntryTable,
  refund: EntryTable | undefined,
  assets: readonly AssetTable[],
): Omit<Receipt, 'ledger' | 'issued_at'> {
  return {
    account: charge.account_id,
    generation: charge.ref,
    entry: charge.seq,
    amount: money(charge.amount),
    billing: charge.billing,
    operation: charge.operation,
    model: charge.model,
    charged_at: iso(charge.at),
    refund: refund === undefined ? null : { entry: refund.seq, refunded_at: iso(refund.at) },
    files: assets.map(({ id, mime_type, bytes, sha256 }) => ({ id, mime_type, bytes, sha256 })),
  }
}

function nothingCharged(): AppError {
  return new AppError('not_found', 'Nothing was charged for this id in this account.', {
    hint: 'Give the id of a completed generation: work that runs or failed has no receipt.',
  })
}
