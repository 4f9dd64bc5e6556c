import { expect } from 'vitest'
import type { Raster } from '../../src/studio/core/raster.ts'
import {
  angleBetween,
  at,
  colourfulness,
  contrastOf,
  edgeEnergy,
  hueOf,
  luma,
  mean,
  meanColor,
  meanLuma,
  part,
  pixelsOf,
  warmth,
  type Pixel,
} from './measure.ts'

/** What an edit must have done to a picture; it fails where that is not so. */
export type Relation = (before: Raster, after: Raster) => void

type Measure = (raster: Raster) => number

/** A measure that is multiplied by `factor`, within 3 %. */
function times(measure: Measure, factor: number): Relation {
  return (before, after) => {
    const ratio = measure(after) / measure(before)
    expect(ratio).toBeGreaterThan(factor * 0.97)
    expect(ratio).toBeLessThan(factor * 1.03)
  }
}

const all =
  (...relations: Relation[]): Relation =>
  (before, after) => {
    for (const relation of relations) relation(before, after)
  }

const near = (one: Pixel, other: Pixel) =>
  Math.max(...one.map((value, channel) => Math.abs(value - (other[channel] ?? 0))))

/** Fails where a pixel is not as expected, and names the first of them. */
function expectPixels(found: readonly Pixel[], expected: readonly Pixel[]): void {
  expect(found.length).toBe(expected.length)
  const wrong = found.findIndex((pixel, index) => near(pixel, expected[index] ?? pixel) > 0)
  expect([wrong, found[wrong]]).toEqual([-1, undefined])
}

export const brighter = (factor: number) => times(meanLuma, factor)
/** Distances from middle grey are multiplied. */
export const contrast = (factor: number) =>
  all(
    times(contrastOf, factor),
    times((raster) => meanLuma(raster) - 127.5, factor),
  )
export const saturated = (factor: number) => all(times(colourfulness, factor), times(meanLuma, 1))
/** Red rises by `change` and blue falls by it. */
export const warmer = (change: number) => times(warmth, (1 + change) / (1 - change))

export const grey: Relation = (before, after) => {
  expect(colourfulness(after)).toBe(0)
  // Rounded, and not cut off, which would lose half a value.
  expect(Math.abs(meanLuma(after) - meanLuma(before))).toBeLessThan(0.1)
}

export const sepia: Relation = (before, after) => {
  expect(pixelsOf(after).filter(([r, g, b]) => r < g || g < b)).toEqual([])
  expect(angleBetween(hueOf(meanColor(after)), 40)).toBeLessThan(10)
  expect(meanLuma(after)).toBeGreaterThan(meanLuma(before))
}

export const inverted: Relation = (before, after) =>
  expectPixels(
    pixelsOf(after),
    pixelsOf(before).map(([r, g, b, a]) => [255 - r, 255 - g, 255 - b, a]),
  )

/** The mean colour has the hue of that which was asked for. */
export const tinted =
  (...color: [number, number, number]): Relation =>
  (_, after) =>
    expect(angleBetween(hueOf(meanColor(after)), hueOf(color))).toBeLessThan(20)

/** Every clear colour has its hue turned by some degrees; hues of light colours turn unevenly. */
export const hueTurned =
  (degrees: number): Relation =>
  (before, after) => {
    const turned = pixelsOf(after)
    const turns = pixelsOf(before).flatMap((pixel, index) => {
      const [r, g, b] = pixel
      const isClear = Math.max(r, g, b) - Math.min(r, g, b) > 30
      return isClear ? [(hueOf(turned[index] ?? pixel) - hueOf(pixel) + 360) % 360] : []
    })
    expect(turns.length).toBeGreaterThan(100)
    expect(Math.abs(mean(turns) - degrees)).toBeLessThan(12)
    times(meanLuma, 1)(before, after)
  }

/** Edges have between these shares of their strength, and the light is the same. */
export const edges = (least: number, most: number): Relation =>
  all(times(meanLuma, 1), (before, after) => {
    const share = edgeEnergy(after) / edgeEnergy(before)
    expect(share).toBeGreaterThan(least)
    expect(share).toBeLessThan(most)
  })

const sizeOf = ({ width, height }: Raster) => [width, height]

/** Each pixel stands where `place` says it came from. */
function moved(
  size: (before: Raster) => [number, number],
  place: (x: number, y: number, before: Raster) => [number, number],
): Relation {
  return (before, after) => {
    expect(sizeOf(after)).toEqual(size(before))
    const origins = Array.from({ length: after.width * after.height }, (_, index) =>
      place(index % after.width, Math.floor(index / after.width), before),
    )
    expectPixels(
      pixelsOf(after),
      origins.map(([x, y]) => at(before, x, y)),
    )
  }
}

const same = ({ width, height }: Raster): [number, number] => [width, height]
const swapped = ({ width, height }: Raster): [number, number] => [height, width]

/** Turned by quarters of a circle, clockwise. */
export const turned: Record<90 | 180 | 270, Relation> = {
  90: moved(swapped, (x, y, { height }) => [y, height - 1 - x]),
  180: moved(same, (x, y, { width, height }) => [width - 1 - x, height - 1 - y]),
  270: moved(swapped, (x, y, { width }) => [width - 1 - y, x]),
}
export const mirrored = moved(same, (x, y, { width }) => [width - 1 - x, y])
export const upended = moved(same, (x, y, { height }) => [x, height - 1 - y])

/** What remains of the picture, in its own pixels. */
export const cropped =
  (left: number, top: number, width: number, height: number): Relation =>
  (before, after) => {
    expect(sizeOf(after)).toEqual([width, height])
    expectPixels(pixelsOf(after), part(before, { left, top, width, height }))
  }

export const resized = (width: number, height: number): Relation =>
  all(times(meanLuma, 1), (_, after) => expect(sizeOf(after)).toEqual([width, height]))

/** Opacity in the top left corner ends where a circle of this radius does. */
export const rounded =
  (radius: number): Relation =>
  (_, after) => {
    const opacity = (share: number) =>
      at(after, Math.floor(radius * share), Math.floor(radius * share))[3]
    // On the diagonal the circle is 1 - 1/√2 = 0.29 of its radius away from the corner.
    expect([opacity(0), opacity(0.1), opacity(0.5)]).toEqual([0, 0, 255])
  }

/** More room on every side, in this colour, around the same pixels. */
export const framed =
  (across: number, down: number, color: Pixel): Relation =>
  (before, after) => {
    const { width, height } = before
    expect(sizeOf(after)).toEqual([width + 2 * across, height + 2 * down])
    expectPixels(part(after, { left: across, top: down, width, height }), pixelsOf(before))
    expect([at(after, 0, 0), at(after, after.width - 1, after.height - 1)]).toEqual([color, color])
  }

/** Blocks of one colour, which is about the mean of what they cover. */
export const blocks =
  (size: number): Relation =>
  (before, after) => {
    for (let top = 0; top + size <= before.height; top += size) {
      for (let left = 0; left + size <= before.width; left += size) {
        const area = { left, top, width: size, height: size }
        expect(new Set(part(after, area).map(String)).size).toBe(1)
        const covered = mean(part(before, area).map(luma))
        expect(Math.abs(luma(at(after, left, top)) - covered)).toBeLessThan(1.5)
      }
    }
  }

export const enhanced: Relation = (before, after) => {
  expect(contrastOf(after) / contrastOf(before)).toBeGreaterThan(1.3)
  expect(contrastOf(after) / contrastOf(before)).toBeLessThan(1.55)
  expect(colourfulness(after) / colourfulness(before)).toBeGreaterThan(1.4)
}

/** So many values a channel at most, each the nearest of them. */
export const posterized =
  (levels: number): Relation =>
  (before, after) => {
    const values = new Set(pixelsOf(after).flatMap(([r, g, b]) => [r, g, b]))
    expect(values.size).toBeGreaterThan(1)
    for (const value of values) expect((value * (levels - 1)) % 255).toBeLessThan(levels)
    const now = pixelsOf(after)
    const off = pixelsOf(before).map((pixel, index) => near(pixel, now[index] ?? pixel))
    expect(Math.max(...off)).toBeLessThanOrEqual(255 / (levels - 1) / 2 + 1)
  }

/** White from this luma on, black below it. */
export const cut =
  (share: number): Relation =>
  (before, after) => {
    const now = pixelsOf(after)
    const wrong = pixelsOf(before).filter((pixel, index) => {
      const isNear = Math.abs(luma(pixel) - share * 255) < 1
      const expected = luma(pixel) >= share * 255 ? 255 : 0
      return !isNear && String(now[index]) !== String([expected, expected, expected, 255])
    })
    expect(wrong).toEqual([])
    expect(new Set(now.map(String)).size).toBe(2)
  }

export const faded =
  (share: number): Relation =>
  (before, after) =>
    expectPixels(
      pixelsOf(after),
      pixelsOf(before).map(([r, g, b, a]) => [r, g, b, Math.round(a * share)]),
    )

/** The middle is as it was; a corner lost this share of its light, and half way out it lost less. */
export const vignetted =
  (strength: number): Relation =>
  (before, after) => {
    const { width, height } = before
    const kept = (x: number, y: number) => luma(at(after, x, y)) / luma(at(before, x, y))
    expect(kept(width / 2, height / 2)).toBeGreaterThan(0.98)
    expect(Math.abs(kept(0, 0) - (1 - strength))).toBeLessThan(0.05)
    expect(kept(width / 4, height / 4)).toBeGreaterThan(1 - strength * 0.3)
  }

/** Ink of this colour, and all that changed lies within these shares of the height and the width. */
export const written =
  (down: [number, number], across: [number, number], ink: Pixel): Relation =>
  (before, after) => {
    const { width, height } = before
    const now = pixelsOf(after)
    const places = pixelsOf(before).flatMap((pixel, index) =>
      near(pixel, now[index] ?? pixel) > 60
        ? [{ x: (index % width) / width, y: Math.floor(index / width) / height }]
        : [],
    )
    expect(now.some((pixel) => near(pixel, ink) < 12)).toBe(true)
    expect(places.length).toBeGreaterThan(10)
    const isInside = (value: number, [from, to]: [number, number]) => value >= from && value <= to
    expect(places.filter(({ x, y }) => !isInside(x, across) || !isInside(y, down))).toEqual([])
  }
