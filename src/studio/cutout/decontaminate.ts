import type { Raster } from '../core/raster.ts'

/** How far from the cut an edge pixel may be, in pixels: JPEG smears an edge over two. */
const EDGE = 2
/** How far from it the pure colour of the subject is sought, in pixels. */
const REACH = 4
/** Opacity (0 to 255) below which a pixel counts as cut away. */
const MOSTLY_CLEAR = 96

type Cut = { flooded: Uint8Array; backdrop: [number, number, number] }

/**
 * Takes the backdrop out of the pixels along the cut: each is read as a blend of backdrop and the
 * purest subject colour beside it, and gets the share as its opacity.
 */
export function decontaminateEdges(raster: Raster, cut: Cut): void {
  const { pixels, width, height } = raster
  const source = Uint8Array.from(pixels) // a Buffer's slice would share its memory
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const index = y * width + x
      if (source[index * 4 + 3] === 0 || !isNearCut(source, { x, y, width, height })) continue
      const pure = purestNear(source, cut, { x, y, width, height })
      const share = pure === null ? 1 : shareOf(source, index, pure, cut.backdrop)
      // Where no purer colour is near, the distance from the backdrop has decided already.
      const opacity =
        cut.flooded[index] === 1 ? Math.min(share, (source[index * 4 + 3] ?? 0) / 255) : share
      pixels[index * 4 + 3] = Math.round(255 * opacity)
      if (opacity >= 0.98) continue
      for (let channel = 0; channel < 3; channel += 1) {
        const seen = source[index * 4 + channel] ?? 0
        const behind = cut.backdrop[channel] ?? 0
        const own = pure === null ? seen : (source[pure * 4 + channel] ?? 0)
        const clean = opacity > 0.35 ? behind + (seen - behind) / opacity : own
        pixels[index * 4 + channel] = Math.round(Math.min(255, Math.max(0, clean)))
      }
    }
  }
}

type Spot = { x: number; y: number; width: number; height: number }

/** Whether a pixel near this one is mostly clear; beside a soft shadow nothing is. */
function isNearCut(source: Uint8Array, { x, y, width, height }: Spot): boolean {
  for (let dy = -EDGE; dy <= EDGE; dy += 1) {
    for (let dx = -EDGE; dx <= EDGE; dx += 1) {
      const alpha = ((y + dy) * width + x + dx) * 4 + 3
      if (isInside(x + dx, y + dy, width, height) && (source[alpha] ?? 255) < MOSTLY_CLEAR)
        return true
    }
  }
  return false
}

/** The neighbour farthest from the backdrop that is surely subject; null where there is none. */
function purestNear(
  source: Uint8Array,
  { flooded, backdrop }: Cut,
  { x, y, width, height }: Spot,
): number | null {
  let [best, farthest] = [-1, 0]
  for (let dy = -REACH; dy <= REACH; dy += 1) {
    for (let dx = -REACH; dx <= REACH; dx += 1) {
      if (!isInside(x + dx, y + dy, width, height)) continue
      const index = (y + dy) * width + x + dx
      if (flooded[index] === 1) continue
      let far = 0
      for (let channel = 0; channel < 3; channel += 1)
        far += ((source[index * 4 + channel] ?? 0) - (backdrop[channel] ?? 0)) ** 2
      if (far > farthest) [best, farthest] = [index, far]
    }
  }
  return best < 0 ? null : best
}

/** How much of a pixel is the pure colour and not backdrop, 0 to 1. */
function shareOf(
  source: Uint8Array,
  index: number,
  pure: number,
  backdrop: readonly number[],
): number {
  let [along, length] = [0, 0]
  for (let channel = 0; channel < 3; channel += 1) {
    const behind = backdrop[channel] ?? 0
    const full = (source[pure * 4 + channel] ?? 0) - behind
    along += ((source[index * 4 + channel] ?? 0) - behind) * full
    length += full * full
  }
  return length === 0 ? 1 : Math.min(1, Math.max(0, along / length))
}

function isInside(x: number, y: number, width: number, height: number): boolean {
  return x >= 0 && y >= 0 && x < width && y < height
}
