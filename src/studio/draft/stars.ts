import { blend, type Canvas } from './canvas.ts'

/** A small light: pixels, and how strong it is, 0 to 1. */
export type Star = { x: number; y: number; radius: number; glow: number }

/** Small lights in the upper part of the sky. */
export function placeStars({ width, height, random }: Canvas): Star[] {
  const size = Math.max(0.7, Math.min(width, height) / 900)
  return Array.from({ length: 140 }, () => ({
    x: random() * width,
    y: random() ** 1.5 * height * 0.55,
    radius: size * (0.6 + random() ** 3 * 1.4),
    glow: 0.25 + random() * 0.65,
  }))
}

/** Lays one star over the line `y`. */
export function paintStar(
  { x, y, radius, glow }: Star,
  atY: number,
  row: Float32Array,
  width: number,
): void {
  if (Math.abs(atY + 0.5 - y) > radius * 3) return
  const to = Math.min(width - 1, Math.ceil(x + radius * 3))
  for (let atX = Math.max(0, Math.floor(x - radius * 3)); atX <= to; atX += 1) {
    const distance = Math.hypot(atX + 0.5 - x, atY + 0.5 - y) / radius
    blend(row, atX * 3, [0.98, 0, 0.01], glow * Math.exp(-distance * distance))
  }
}
