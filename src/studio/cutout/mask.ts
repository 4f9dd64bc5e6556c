/** A set of pixels by their index, a bit for each: a byte for each would take 24 MB of a large picture. */
export type Mask = { has(index: number): boolean; add(from: number, to: number): void }

/** Returns an empty mask of so many pixels. `add` takes all from one index to another, both included. */
export function createMask(count: number): Mask {
  const bits = new Uint8Array(Math.ceil(count / 8))
  return {
    has: (index) => (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1,
    add: (from, to) => {
      for (let index = from; index <= to; index += 1)
        bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7))
    },
  }
}
