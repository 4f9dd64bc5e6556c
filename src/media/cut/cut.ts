/**
 * A file without its metadata, with unchanged pixels. `bytes` is the given array if there was nothing to cut, and null
 * if cutting cannot make a clean file: then the image must be encoded again.
 */
export type Cut = {
  bytes: Uint8Array | null
  /** Number of frames in the file; `bytes` contains the first. */
  frames: number
}

/** Returns bytes as a `Buffer`, without a copy, to read numbers from. */
export function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Joins the parts that stay; returns the file itself if nothing was cut. */
export function joined(bytes: Uint8Array, pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return length === bytes.length ? bytes : Buffer.concat(pieces, length)
}
