import { joined, viewOf, type Cut } from './cut.ts'

/** Chunks for the pixels and their appearance. All others (text, EXIF, times, more frames) are removed. */
const KEPT = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD hIST pHYs sPLT'.split(' '),
)
const SIGNATURE_BYTES = 8
/** Length and type before the content of a chunk, and the checksum after it. */
const FRAME_BYTES = 12

/** Returns a PNG without metadata and data after its end. An animation becomes its static image. */
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
