import { joined, viewOf, type Cut } from './cut.ts'

const HEADER_BYTES = 13
const [EXTENSION, IMAGE, END] = [0x21, 0x2c, 0x3b]
/** The one extension that draws: it says what is transparent. */
const CONTROL = 0xf9

/** A GIF's first frame, without comments and what programs have added. */
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
    const isDrawn = kind === IMAGE || view[start + 1] === CONTROL
    if (frames === 0 && isDrawn) pieces.push(view.subarray(start, at))
    if (kind === IMAGE) frames += 1
  }
  return { bytes: null, frames: Math.max(1, frames) }
}

/** The bytes of a colour table, from the byte that says whether there is one. */
function paletteBytes(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0
}

/** Where a row of blocks ends, each after its length, the last one empty. */
function endOfBlocks(view: Buffer, from: number): number {
  let at = from
  while (at < view.length && view[at] !== 0) at += 1 + (view[at] ?? 0)
  return at + 1
}
