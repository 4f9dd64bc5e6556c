import type { Random } from '../core/random.ts'

/** Fills `row` with the OKLab triples of line `y`. Lines are asked for in order, top to bottom. */
export type Painter = (y: number, row: Float32Array) => void

/** What every painter draws on: pixels, and the random sequence of the seed. */
export type Canvas = { width: number; height: number; random: Random }

/** Writes the colour at `u`, `v` (0 to 1 across and down) as a triple at `offset` of `out`. */
export type Field = (u: number, v: number, out: Float32Array, offset: number) => void

/** Paints a soft field: it is computed on a grid of some pixels and filled in between. */
export function paintField({ width, height }: Omit<Canvas, 'random'>, field: Field): Painter {
  const step = Math.min(8, Math.max(1, Math.round(Math.min(width, height) / 120)))
  const columns = Math.ceil((width - 1) / step) + 1
  const lines = [0, 1].map(() => ({ at: -1, triples: new Float32Array(columns * 3) })) as [
    GridLine,
    GridLine,
  ]

  function gridLine(at: number): Float32Array {
    const line = lines[(at & 1) as 0 | 1]
    if (line.at === at) return line.triples
    line.at = at
    for (let column = 0; column < columns; column += 1)
      field((column * step + 0.5) / width, (at * step + 0.5) / height, line.triples, column * 3)
    return line.triples
  }

  return (y, row) => {
    const at = Math.floor(y / step)
    const [above, below] = [gridLine(at), gridLine(at + 1)]
    const down = y / step - at
    for (let x = 0; x < width; x += 1) {
      const column = Math.floor(x / step)
      const right = x / step - column
      for (let channel = 0; channel < 3; channel += 1) {
        const index = column * 3 + channel
        const next = Math.min(index + 3, (columns - 1) * 3 + channel)
        const left = (above[index] ?? 0) * (1 - down) + (below[index] ?? 0) * down
        const far = (above[next] ?? 0) * (1 - down) + (below[next] ?? 0) * down
        row[x * 3 + channel] = left + (far - left) * right
      }
    }
  }
}

/** A value eased from 0 to 1 between two edges. */
export function smoothstep(from: number, to: number, value: number): number {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return part * part * (3 - 2 * part)
}

/** Lays a colour over the triple at `offset` with the given opacity, 0 to 1. */
export function blend(
  out: Float32Array,
  offset: number,
  color: ArrayLike<number>,
  opacity: number,
): void {
  for (let channel = 0; channel < 3; channel += 1) {
    const under = out[offset + channel] ?? 0
    out[offset + channel] = under + ((color[channel] ?? 0) - under) * opacity
  }
}

type GridLine = { at: number; triples: Float32Array }
