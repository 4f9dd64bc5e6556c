import { blend, smoothstep, type Canvas } from './canvas.ts'
import { shift, triple, type Color } from '../core/color.ts'

/** A disc in the sky with its glow; pixels. */
export type Sun = { x: number; y: number; radius: number; disc: number[]; glow: number[] }

/** A sun or moon in the light of the horizon, `high` (0 to 1) from the top. */
export function placeSun(
  { width, height, random }: Canvas,
  { light, high }: { light: Color; high: number },
): Sun {
  return {
    x: width * (0.28 + random() * 0.44),
    y: height * high,
    radius: Math.min(width, height) * 0.075,
    disc: triple(shift(light, { lighter: 0.09, chroma: 0.75 })),
    glow: triple(shift(light, { lighter: 0.04 })),
  }
}

/** Lays the light of a sun over one pixel. */
export function paintSun(
  { x, y, radius, disc, glow }: Sun,
  atX: number,
  atY: number,
  row: Float32Array,
): void {
  const distance = Math.hypot(atX + 0.5 - x, atY + 0.5 - y)
  if (distance > radius * 6) return
  blend(row, atX * 3, glow, 0.75 * (1 - smoothstep(0, radius * 6, distance)) ** 2)
  blend(row, atX * 3, disc, Math.min(1, Math.max(0, radius - distance + 0.5)))
}
