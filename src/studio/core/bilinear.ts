import type { Size } from './raster.ts'

/**
 * Reads planes of numbers (one a pixel, row by row) by bilinear interpolation at `x`, `y`: 0 to 1 across and
 * down, where pixels are centred on halves. Beyond the outer centres the edge is repeated.
 */
export function sampler(
  { width, height }: Size,
  x: number,
  y: number,
): (plane: ArrayLike<number>) => number {
  const across = Math.min(width - 1, Math.max(0, x * width - 0.5))
  const down = Math.min(height - 1, Math.max(0, y * height - 0.5))
  const [left, top] = [Math.floor(across), Math.floor(down)]
  const [right, below] = [across - left, down - top]
  const at = top * width + left
  const next = left < width - 1 ? 1 : 0
  const row = top < height - 1 ? width : 0
  return (plane) =>
    ((plane[at] ?? 0) * (1 - right) + (plane[at + next] ?? 0) * right) * (1 - below) +
    ((plane[at + row] ?? 0) * (1 - right) + (plane[at + row + next] ?? 0) * right) * below
}
