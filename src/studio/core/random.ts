import { createHash } from 'node:crypto'
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32'
import { mersenne } from 'pure-rand/generator/mersenne'

/** A number in [0, 1), the next of a sequence that its seed decides. */
export type Random = () => number

/** Returns the random sequence of a whole-number seed (Mersenne Twister). */
export function createRandom(seed: number): Random {
  const generator = mersenne(seed ^ Math.floor(seed / 2 ** 32))
  return () => uniformFloat32(generator)
}

/** Returns a 32-bit seed that depends on the text only. */
export function seedOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE()
}

/** Returns 1D value noise: a smooth curve of -1 to 1 with about one wave every 2 units. */
export function createNoise1(random: Random): (x: number) => number {
  const heights = Float32Array.from({ length: 256 }, () => random() * 2 - 1)
  return (x) => {
    const cell = Math.floor(x)
    const part = x - cell
    const from = heights[cell & 255] ?? 0
    const to = heights[(cell + 1) & 255] ?? 0
    return from + (to - from) * part * part * (3 - 2 * part)
  }
}

/** Returns 2D value noise: a smooth surface of -1 to 1 with about one hill every 2 units. */
export function createNoise2(random: Random): (x: number, y: number) => number {
  const heights = Float32Array.from({ length: 64 * 256 }, () => random() * 2 - 1)
  return (x, y) => {
    const [column, row] = [Math.floor(x), Math.floor(y)]
    const [right, down] = [soft(x - column), soft(y - row)]
    const [above, below] = [(row & 63) << 8, ((row + 1) & 63) << 8]
    const [near, far] = [column & 255, (column + 1) & 255]
    const one = heights[above | near] as number
    const two = heights[below | near] as number
    const top = one + ((heights[above | far] as number) - one) * right
    const bottom = two + ((heights[below | far] as number) - two) * right
    return top + (bottom - top) * down
  }
}

function soft(part: number): number {
  return part * part * (3 - 2 * part)
}

/** Returns one element of a list. Throws `RangeError` where the list is empty. */
export function pick<T>(random: Random, from: readonly T[]): T {
  const value = from[Math.floor(random() * from.length)]
  if (value === undefined) throw new RangeError('nothing to pick from')
  return value
}
