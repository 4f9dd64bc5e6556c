/**
 * What is left of a file when its metadata is cut away, its pixels untouched. `bytes` are the very ones given
 * where there was nothing to cut, and null where no clean file comes of it: then the pixels have to be written anew.
 */
export type Cut = {
  bytes: Uint8Array | null
  /** How many pictures the file shows one after the other; `bytes` holds the first. */
  frames: number
}

/** A view of bytes with the readings of numbers that a format needs. */
export function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The pieces of a file that stay, put together; the file itself where that is all of it. */
export function joined(bytes: Uint8Array, pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return length === bytes.length ? bytes : Buffer.concat(pieces, length)
}
