import { joined, viewOf, type Cut } from './cut.ts'

/** Chunks that say what the pixels are and how they look. All others (text, EXIF, times, further frames) go. */
const KEPT = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD hIST pHYs sPLT'.split(' '),
)
const SIGNATURE_BYTES = 8
/** Length and type before the content of a chunk, and its checksum behind. */
const FRAME_BYTES = 12

/** A PNG without its metadata and without what follows its end; an animation becomes the picture for those who know none. */
export function cutPng(bytes: Uint8Array): Cut {
  const view = viewOf(bytes)
  const pieces = [view.subarray(0, SIGNATURE_BYTES)]
  let frames = 1
  for (let at = SIGNATURE_BYTES; at + FRAME_BYTES <= view.length;) {
    const type = view.toString('latin1', at + 4, at + 8)
    const end = at + FRAME_BYTES + view.readUInt32BE(at)
    if (end > view.length) break
    if (type === 'acTL' && end - at >= FRAME_BYTES + 4) frames = view.readUInt32BE(at + 8)
    if (KEPT.has(type)) pieces.push(view.subarray(at, end))
    if (type === 'IEND') return { bytes: joined(bytes, pieces), frames }
    at = end
  }
  return { bytes: null, frames }
}
