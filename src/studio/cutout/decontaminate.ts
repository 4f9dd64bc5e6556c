import type { Raster } from '../core/raster.ts'
import type { Mask } from './mask.ts'

/** How far from the cut an edge pixel may be, in pixels: JPEG smears an edge over two. */
const EDGE = 2
/** How far from it the pure colour of the subject is sought, in pixels. */
const REACH = 4
/** Opacity (0 to 255) below which a pixel counts as cut away. */
const MOSTLY_CLEAR = 96

type Rgb = readonly [number, number, number]
type Cut = { flooded: Mask; backdrop: Rgb }

/** A pixel, and the rows around it as they were: `rows[REACH + dy]`, empty outside of the picture. */
type Spot = { x: number; y: number; width: number; rows: readonly Uint8Array[] }

/**
 * Takes the backdrop out of the pixels along the cut: each is read as a blend of backdrop and the
 * purest subject colour beside it, and gets the share as its opacity.
 */
export function decontaminateEdges(raster: Raster, cut: Cut): void {
  const { pixels, width, height } = raster
  const rows: Uint8Array[] = []
  for (let y = 0; y < height; y += 1) {
    moveTo(y, raster, rows)
    const before = rows[REACH] ?? pixels
    for (let x = 0; x < width; x += 1) {
      const alpha = before[x * 4 + 3] ?? 0
      const spot = { x, y, width, rows }
      if (alpha === 0 || !isNearCut(spot)) continue
      const [seen, pure] = [colorAt(before, x), purestNear(spot, cut)]
      const share = pure === null ? 1 : shareOf(seen, pure, cut.backdrop)
      const index = y * width + x
      // Where no purer colour is near, the distance from the backdrop has decided already.
      const opacity = cut.flooded.has(index) ? Math.min(share, alpha / 255) : share
      pixels[index * 4 + 3] = Math.round(255 * opacity)
      if (opacity >= 0.98) continue
      for (let channel = 0; channel < 3; channel += 1) {
        const [own = 0, behind = 0] = [seen[channel], cut.backdrop[channel]]
        const clean = opacity > 0.35 ? behind + (own - behind) / opacity : (pure ?? seen)[channel]
        pixels[index * 4 + channel] = Math.round(Math.min(255, Math.max(0, clean ?? 0)))
      }
    }
  }
}

/** Moves the rows to a row. Only those that will change are copied: a copy of a large picture takes too much memory. */
function moveTo(y: number, { pixels, width }: Raster, rows: Uint8Array[]): void {
  const rowAt = (row: number) =>
    pixels.subarray(Math.max(0, row) * width * 4, Math.max(0, row + 1) * width * 4)
  if (rows.length === 0) for (let dy = -REACH; dy < REACH; dy += 1) rows.push(rowAt(dy))
  else rows.shift()
  rows.push(rowAt(y + REACH))
  rows[REACH] = Uint8Array.from(rowAt(y)) // a Buffer's slice would share its memory
}

/** Whether a pixel near this one is mostly clear; beside a soft shadow nothing is. */
function isNearCut({ x, width, rows }: Spot): boolean {
  for (let dy = -EDGE; dy <= EDGE; dy += 1) {
    const row = rows[REACH + dy]
    for (let at = Math.max(0, x - EDGE); at <= Math.min(width - 1, x + EDGE); at += 1) {
      if ((row?.[at * 4 + 3] ?? 255) < MOSTLY_CLEAR) return true
    }
  }
  return false
}

/** The colour of the neighbour farthest from the backdrop that is surely subject; null where there is none. */
function purestNear({ x, y, width, rows }: Spot, { flooded, backdrop }: Cut): Rgb | null {
  let best: Rgb | null = null
  let farthest = 0
  for (let dy = -REACH; dy <= REACH; dy += 1) {
    const row = rows[REACH + dy]
    if (row === undefined || row.length === 0) continue
    for (let at = Math.max(0, x - REACH); at <= Math.min(width - 1, x + REACH); at += 1) {
      if (flooded.has((y + dy) * width + at)) continue
      let far = 0
      for (let channel = 0; channel < 3; channel += 1)
        far += ((row[at * 4 + channel] ?? 0) - (backdrop[channel] ?? 0)) ** 2
      if (far > farthest) [best, farthest] = [colorAt(row, at), far]
    }
  }
  return best
}

function colorAt(row: Uint8Array, x: number): Rgb {
  return [row[x * 4] ?? 0, row[x * 4 + 1] ?? 0, row[x * 4 + 2] ?? 0]
}

/** How much of a pixel is the pure colour and not backdrop, 0 to 1. */
function shareOf(seen: Rgb, pure: Rgb, backdrop: Rgb): number {
  let [along, length] = [0, 0]
  for (let channel = 0; channel < 3; channel += 1) {
    const behind = backdrop[channel] ?? 0
    const full = (pure[channel] ?? 0) - behind
    along += ((seen[channel] ?? 0) - behind) * full
    length += full * full
  }
  return length === 0 ? 1 : Math.min(1, Math.max(0, along / length))
}
