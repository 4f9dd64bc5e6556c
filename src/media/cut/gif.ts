import { joined, viewOf, type Cut } from './cut.ts'

const HEADER_BYTES = 13
const [EXTENSION, IMAGE, END] = [0x21, 0x2c, 0x3b]
/** The only extension that affects the pixels: it sets the transparent colour. */
const CONTROL = 0xf9

/** Returns the first frame of a GIF, without comments and application data. */
export function cutGif(bytes: Uint8Array): Cut {
  const view = viewOf(bytes)
  let at = HEADER_BYTES + paletteBytes(view[10])
  const pieces = [view.subarray(0, at)]
  let frames = 0
  while (at < view.length) {
    const start = at
    const kind = view[at]
    if (kind === END && frames > 0) {
      pieces.push(view.subarray(at, at + 1))
      return { bytes: joined(bytes, pieces), frames }
    }
    if (kind === EXTENSION) at = endOfBlocks(view, at + 2)
    else if (kind === IMAGE) at = endOfBlocks(view, at + 11 + paletteBytes(view[at + 9]))
    else break
    const isVisible = kind === IMAGE || view[start + 1] === CONTROL
    if (frames === 0 && isVisible) pieces.push(view.subarray(start, at))
    if (kind === IMAGE) frames += 1
  }
  return { bytes: null, frames: Math.max(1, frames) }
}

/** Size of a colour table in bytes, from its flags; 0 if there is none. */
function paletteBytes(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0
}

/** Offset after a sequence of blocks. Each block follows its length; the last one is empty. */
function endOfBlocks(view: Buffer, from: number): number {
  let at = from
  while (at < view.length && view[at] !== 0) at += 1 + (view[at] ?? 0)
  return at + 1
}
