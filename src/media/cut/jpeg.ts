import { joined, viewOf, type Cut } from './cut.ts'

const MARKER = 0xff
const [END, SCAN, COMMENT] = [0xd9, 0xda, 0xfe]

/**
 * Returns a JPEG without EXIF, XMP, IPTC, comments, thumbnails and data after its end (a video, a second image). Data
 * between segments is removed too.
 */
export function cutJpeg(bytes: Uint8Array): Cut {
  const view = viewOf(bytes)
  const pieces = [view.subarray(0, 2)]
  for (let at = nextMarker(view, 2); at >= 0; at = nextMarker(view, at)) {
    const marker = view[at + 1] ?? 0
    if (marker === END) {
      pieces.push(view.subarray(at, at + 2))
      return { bytes: joined(bytes, pieces), frames: 1 }
    }
    const start = at
    at += 2
    if (!hasLength(marker)) continue
    if (at + 2 > view.length) break
    at += view.readUInt16BE(at)
    if (at > view.length || at < start + 4) break
    if (marker === SCAN) at = endOfScan(view, at)
    const segment = view.subarray(start, at)
    if (isKept(marker, segment)) pieces.push(segment)
  }
  return { bytes: null, frames: 1 }
}

/** Offset of the next marker, after any fill bytes; below 0 if there is none. */
function nextMarker(view: Buffer, from: number): number {
  let at = view.indexOf(MARKER, from)
  while (at >= 0 && view[at + 1] === MARKER) at += 1
  return at + 1 < view.length ? at : -1
}

/** Restart markers and escaped bytes have no length. */
function hasLength(marker: number): boolean {
  return marker > 0x01 && !isRestart(marker)
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7
}

/** Offset of the end of a scan: the next marker that is neither an escape nor a restart. */
function endOfScan(view: Buffer, from: number): number {
  for (let at = nextMarker(view, from); at >= 0; at = nextMarker(view, at + 2)) {
    const marker = view[at + 1] ?? 0
    if (marker !== 0 && !isRestart(marker)) return at
  }
  return view.length
}

/** Of the application segments only those for colours are kept. */
function isKept(marker: number, segment: Buffer): boolean {
  if (marker === COMMENT) return false
  if (marker < 0xe0 || marker > 0xef) return true
  const name = segment.toString('latin1', 4, 16)
  switch (marker) {
    case 0xe0:
      return name.startsWith('JFIF\0') && segment.length === 18 // a longer one holds a thumbnail
    case 0xe2:
      return name === 'ICC_PROFILE\0'
    case 0xee:
      return name.startsWith('Adobe')
    default:
      return false
  }
}
