import { AppError } from '../errors.ts'

/** A place in a listing as clients carry it: opaque, and only ever a number of an entry. */
export function writeCursor(seq: number): string {
  return Buffer.from(`s${seq}`).toString('base64url')
}

/** Throws `invalid_input` for anything that is not a cursor of ours. */
export function readCursor(cursor: string): number {
  const seq = /^s(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (seq !== undefined && writeCursor(Number(seq)) === cursor) return Number(seq)
  throw new AppError('invalid_input', 'cursor is not one of this listing.', {
    hint: 'Take it from the answer before, or leave it out to begin.',
  })
}
