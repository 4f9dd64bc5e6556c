import { createNoise1, type Random } from '../core/random.ts'

type Tree = { at: number; tall: number; wide: number; lean: number }

/** The outline of a wood of pines on a hill, in shares of the picture's height, as a curve over the same unit. */
export function pines(random: Random, near: number): (x: number) => number {
  const hill = createNoise1(random)
  const start = random() * 100
  const size = 0.05 + 0.17 * near ** 1.2
  const gap = size * 0.3
  // Wide enough for the widest picture there can be, 64 times as wide as high.
  const trees = new Map<number, Tree>()
  const treeAt = (cell: number): Tree => {
    const known = trees.get(cell)
    if (known !== undefined) return known
    const tree = {
      at: (cell + 0.5 + (random() - 0.5) * 0.9) * gap,
      tall: size * (0.5 + 0.5 * random()) * (0.75 + 0.25 * hill(cell * 0.13)),
      wide: size * (0.15 + 0.07 * random()),
      lean: random() * 10,
    }
    trees.set(cell, tree)
    return tree
  }
  return (x) => {
    const ground = 0.035 * hill(x * 1.6 + start) + 0.015 * hill(x * 4.1 + start)
    const cell = Math.floor(x / gap)
    let top = 0
    for (let other = cell - 2; other <= cell + 2; other += 1) {
      const { at, tall, wide, lean } = treeAt(other)
      const away = Math.abs(x - at) / wide
      if (away >= 1) continue
      // Branches in tiers: each is widest at its lower edge.
      const tiers = 7
      const slope = 1 - away
      const notch = 0.075 * (((slope * tiers + lean) % 1) - 0.5)
      top = Math.max(top, tall * Math.min(1, Math.max(0, slope + notch * (away > 0.06 ? 1 : 0))))
    }
    return ground + top
  }
}
