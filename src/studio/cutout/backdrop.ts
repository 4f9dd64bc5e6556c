import { decontaminateEdges } from './decontaminate.ts'
import { distance, labOf, medianOf, type Lab } from './lab.ts'
import type { Raster } from '../core/raster.ts'
import { createMask, type Mask } from './mask.ts'

/** Lab distance within which a border pixel counts as backdrop. */
const BACKDROP_DISTANCE = 8
/** Share of the border that must have one colour before it counts as plain. */
export const PLAIN_SHARE = 0.9
/** Lab distances between which a flooded pixel goes from clear to solid. */
const CLEAR_DISTANCE = 6
const SOLID_DISTANCE = 18
/** Distances are stored in bytes, in steps of this fraction. */
const STEPS_PER_UNIT = 10

/** How plain a backdrop is: the share of the border that has one colour, and that colour. */
export type Backdrop = { color: Lab; share: number; isPlain: boolean }

/** Looks at the border of a picture. */
export function backdropOf(raster: Raster): Backdrop {
  const border = borderColors(raster)
  const color = medianOf(border)
  const plain = border.filter((other) => distance(other, color) <= BACKDROP_DISTANCE).length
  const share = plain / border.length
  return { color, share, isPlain: share >= PLAIN_SHARE }
}

/** Clears a plain backdrop in place. Returns the share of the picture that is clear then, 0 to 1. */
export function clearBackdrop(raster: Raster, { color }: Backdrop): number {
  const distances = distancesTo(raster, color)
  const flooded = flood(raster, distances)
  const cleared = clear(raster, distances, flooded)
  if (cleared < 1) decontaminateEdges(raster, { flooded, backdrop: borderRgb(raster) })
  return cleared
}

function borderIndexes({ width, height }: Raster): number[] {
  const across = Array.from({ length: width }, (_, x) => [x, (height - 1) * width + x])
  const down = Array.from({ length: height }, (_, y) => [y * width, y * width + width - 1])
  return [...across, ...down].flat()
}

function borderColors(raster: Raster): Lab[] {
  return borderIndexes(raster).map((index) => labAt(raster, index))
}

/** The median of each channel on the border: what edges are cleaned of. */
function borderRgb(raster: Raster): [number, number, number] {
  const indexes = borderIndexes(raster)
  const middle = (channel: number) =>
    indexes
      .map((index) => raster.pixels[index * 4 + channel] ?? 0)
      .toSorted((one, other) => one - other)[indexes.length >> 1] ?? 0
  return [middle(0), middle(1), middle(2)]
}

function labAt({ pixels }: Raster, index: number): Lab {
  return labOf(pixels[index * 4] ?? 0, pixels[index * 4 + 1] ?? 0, pixels[index * 4 + 2] ?? 0)
}

function distancesTo(raster: Raster, backdrop: Lab): Uint8Array {
  const { width, height } = raster
  const distances = new Uint8Array(width * height)
  for (let index = 0; index < distances.length; index += 1) {
    distances[index] = Math.min(255, distance(labAt(raster, index), backdrop) * STEPS_PER_UNIT)
  }
  return distances
}

/**
 * Marks what can be reached from the border over pixels that resemble the backdrop. It goes run by run: one open
 * pixel for each neighbouring run takes a thousandth of the memory of one for each neighbour.
 */
function flood(raster: Raster, distances: Uint8Array): Mask {
  const { width, height } = raster
  const flooded = createMask(width * height)
  const isOpen = (index: number) =>
    !flooded.has(index) && (distances[index] ?? 255) < SOLID_DISTANCE * STEPS_PER_UNIT
  const open = borderIndexes(raster)
  /** Adds the first pixel of each open run between two pixels of a row. */
  const addRuns = (from: number, to: number) => {
    for (let index = from; index <= to; index += 1)
      if (isOpen(index) && (index === from || !isOpen(index - 1))) open.push(index)
  }
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (!isOpen(index)) continue
    const row = index - (index % width)
    let [left, right] = [index, index]
    while (left > row && isOpen(left - 1)) left -= 1
    while (right < row + width - 1 && isOpen(right + 1)) right += 1
    flooded.add(left, right)
    if (row > 0) addRuns(left - width, right - width)
    if (row + width < distances.length) addRuns(left + width, right + width)
  }
  return flooded
}

/** Gives flooded pixels their transparency and returns the share that is clear. */
function clear({ pixels }: Raster, distances: Uint8Array, flooded: Mask): number {
  let count = 0
  for (let index = 0; index < distances.length; index += 1) {
    if (!flooded.has(index)) continue
    const far = (distances[index] ?? 0) / STEPS_PER_UNIT
    const opacity = Math.max(0, (far - CLEAR_DISTANCE) / (SOLID_DISTANCE - CLEAR_DISTANCE))
    pixels[index * 4 + 3] = Math.round(255 * opacity)
    if (opacity === 0) count += 1
  }
  return count / distances.length
}
