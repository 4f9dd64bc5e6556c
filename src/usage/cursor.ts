import { AppError } from '../errors.ts'

/** Encodes an entry number as an opaque cursor for clients. */
export function writeCursor(seq: number): string {
  return Buffer.from(`s${seq}`).toString('base64url')
}

/** Decodes a cursor to an entry number. Throws `invalid_input` for any other text. */
export function readCursor(cursor: string): number {
  const seq = /^s(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (seq !== undefined && writeCursor(Number(seq)) === cursor) return Number(seq)
  throw new AppError('invalid_input', 'cursor is not one of this listing.', {
    hint: 'Take it from the answer before, or leave it out to begin.',
  })
}
