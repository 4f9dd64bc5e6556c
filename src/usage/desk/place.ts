import * as z from 'zod'
import { AppError } from '../../errors.ts'
import { readJson } from '../../text.ts'

/** Where a page of a list of accounts ended: its last account, and how many were before it in a ranking. */
const PlaceShape = z.tuple([z.string(), z.string(), z.int().min(0).max(1_000_000)])

/** Encodes the end of a page as an opaque cursor. */
export function writePlace({ id, name, rank }: { id: string; name: string; rank: number }): string {
  return Buffer.from(JSON.stringify([id, name, rank])).toString('base64url')
}

/** Decodes a cursor. Throws `invalid_input` for any other text. */
export function readPlace(cursor: string): { id: string; name: string; rank: number } {
  const parsed = PlaceShape.safeParse(readJson(Buffer.from(cursor, 'base64url').toString()))
  if (parsed.success) {
    const [id, name, rank] = parsed.data
    return { id, name, rank }
  }
  throw new AppError('invalid_input', 'after is not the end of a page of this list.', {
    hint: 'Begin at the first page.',
  })
}
