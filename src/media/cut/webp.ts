import { viewOf, type Cut } from './cut.ts'

const HEADER_BYTES = 12
const CHUNK_HEADER_BYTES = 8
/** Chunks of a still image. All others, such as metadata, are removed. */
const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ICCP'])
/** Bits in the first byte of VP8X for EXIF and XMP. */
const METADATA_FLAGS = 0x0c

/** Returns a WebP without metadata. Null for an animation: its frames may be only parts of the image. */
export function cutWebp(bytes: Uint8Array): Cut {
  const whole = viewOf(bytes)
  const view = whole.subarray(0, CHUNK_HEADER_BYTES + whole.readUInt32LE(4)) // without data after the RIFF end
  const pieces: Buffer[] = []
  let frames = 0
  let at = HEADER_BYTES
  while (at + CHUNK_HEADER_BYTES <= view.length) {
    const type = view.toString('latin1', at, at + 4)
    const length = view.readUInt32LE(at + 4)
    const end = at + CHUNK_HEADER_BYTES + length + (length % 2)
    if (end > view.length) return { bytes: null, frames: Math.max(1, frames) }
    if (type === 'ANMF') frames += 1
    if (KEPT.has(type)) pieces.push(view.subarray(at, end))
    at = end
  }
  if (frames > 0) return { bytes: null, frames }
  const size = pieces.reduce((sum, piece) => sum + piece.length, HEADER_BYTES)
  if (size === bytes.length) return { bytes, frames: 1 }
  return { bytes: still(view, pieces, size), frames: 1 }
}

function still(view: Buffer, pieces: readonly Buffer[], size: number): Buffer {
  const file = Buffer.concat([view.subarray(0, HEADER_BYTES), ...pieces], size)
  file.writeUInt32LE(size - CHUNK_HEADER_BYTES, 4)
  const flags = HEADER_BYTES + CHUNK_HEADER_BYTES
  if (file.toString('latin1', HEADER_BYTES, HEADER_BYTES + 4) === 'VP8X')
    file[flags] = (file[flags] ?? 0) & ~METADATA_FLAGS
  return file
}
