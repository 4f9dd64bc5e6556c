import { darkestFirst, mix, shift, toHex } from '../core/color.ts'
import { pick } from '../core/random.ts'
import { groundOf, pickOther, polygon, rectangle, tonesOf, type Scene } from './tile-parts.ts'

/** Zigzag bands from side to side. */
export function drawChevrons({ plan, canvas: { width, height, random }, grid }: Scene): string {
  const tones = tonesOf(plan)
  const half = grid.cellWidth / 2
  const band = grid.cellHeight / 2
  let parts = rectangle(groundOf(plan))
  let last = ''
  for (let y = -half - band; y < height + band; y += band) {
    last = pickOther(random, tones, [last])
    let path = `M0 ${y + half}`
    for (let x = 0; x < width + half; x += half * 2)
      path += `L${x + half} ${y}L${x + half * 2} ${y + half}`
    path += `V${height + band}H0Z`
    parts += `<path d="${path}" fill="${last}"/>`
  }
  return parts
}

/** Overlapping rounds in rows, as on a fish or a Japanese wave pattern. */
export function drawScales({ plan, canvas: { random }, grid }: Scene): string {
  const tones = tonesOf(plan)
  const radius = grid.cellWidth / 2
  const rise = grid.cellWidth / 4
  const rows = Math.ceil((grid.rows * grid.cellHeight) / rise) + 3
  let parts = rectangle(groundOf(plan))
  for (let row = 0; row < rows; row += 1) {
    for (let column = -1; column <= grid.columns; column += 1) {
      const x = (column + (row % 2) * 0.5 + 0.5) * grid.cellWidth
      const y = row * rise
      const [outer, middle] = [pickOther(random, tones, []), '']
      const inner = pickOther(random, tones, [outer, middle])
      for (const [share, tone] of [
        [1, outer],
        [0.74, inner],
        [0.48, outer],
        [0.22, inner],
      ] as const)
        parts += `<circle cx="${x}" cy="${y}" r="${radius * share}" fill="${tone}"/>`
    }
  }
  return parts
}

/** Fine ruled lines with stronger ones between, as on a plan. */
export function drawGrid({ plan, canvas: { width, height }, grid }: Scene): string {
  const sorted = darkestFirst(plan.palette)
  const isLight =
    !plan.isDark && plan.background === null && !plan.isNamed ? false : groundIsLight(plan)
  const ground = plan.background ?? (isLight ? sorted.at(-1) : (sorted[1] ?? sorted[0]))
  const ink = isLight ? sorted[0] : sorted.at(-1)
  if (ground === undefined || ink === undefined) return ''
  const line = toHex(mix(ink, ground, 0.35))
  const cell = grid.cellWidth / 5
  let parts = rectangle(toHex(ground))
  const draw = (path: string, index: number) =>
    `<path d="${path}" stroke="${line}" stroke-width="${index % 5 === 0 ? 1.6 : 0.7}" opacity="${index % 5 === 0 ? 0.6 : 0.28}"/>`
  for (let index = 0; index * cell <= width; index += 1)
    parts += draw(`M${(index * cell).toFixed(1)} 0V${height}`, index)
  for (let index = 0; index * cell <= height; index += 1)
    parts += draw(`M0 ${(index * cell).toFixed(1)}H${width}`, index)
  return parts
}

function groundIsLight({ palette, background, isDark }: Scene['plan']): boolean {
  return (background ?? darkestFirst(palette).at(-1) ?? { lightness: 1 }).lightness > 0.5 && !isDark
}

/** The things of the prompt, scattered evenly and turned a little; the picture can be laid side by side with itself. */
export function drawPictures({ plan, canvas: { random }, grid }: Scene): string {
  const tones = darkestFirst(plan.palette)
  const ground = plan.background ?? (plan.isDark ? tones[0] : tones.at(-1))
  let parts = rectangle(ground === undefined ? '#fff7ec' : toHex(ground))
  const size = Math.min(grid.cellWidth, grid.cellHeight) * 0.56
  for (let row = 0; row < grid.rows; row += 1) {
    const turns = Array.from({ length: grid.columns }, () => Math.round((random() - 0.5) * 50))
    for (let column = -1; column <= grid.columns; column += 1) {
      // What leaves on the right comes in on the left.
      const wrapped = (column + grid.columns) % grid.columns
      const icon = plan.subjects[(row + wrapped) % plan.subjects.length]?.icon
      if (icon === undefined) continue
      const x = (column + 0.5 + (row % 2) * 0.5) * grid.cellWidth
      const y = (row + 0.5) * grid.cellHeight
      parts += `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turns[wrapped]}) scale(${(size / icon.size).toFixed(4)}) translate(${-icon.size / 2} ${-icon.size / 2})">${icon.body}</g>`
    }
  }
  return parts
}

/** Cubes in three shades, seen from above a corner. */
export function drawCubes({ plan, canvas: { random }, grid }: Scene): string {
  const across = grid.cellWidth / 2
  const rise = grid.cellWidth / 4
  const rows = Math.ceil((grid.rows * grid.cellHeight) / (rise * 3)) + 1
  const tones = plan.background === null ? plan.palette : [...plan.palette, plan.background]
  let parts = rectangle(groundOf(plan))
  for (let row = 0; row <= rows; row += 1) {
    for (let column = 0; column <= grid.columns; column += 1) {
      const x = column * grid.cellWidth + (row % 2 === 0 ? 0 : across)
      const y = row * rise * 3
      const color = pick(random, tones)
      const face = (points: readonly (readonly [number, number])[], lighter: number) => {
        const fill = toHex(shift(color, { lighter }))
        const placed = points.map(([dx, dy]) => ({ x: x + dx * across, y: y + dy * rise }))
        return polygon(placed, fill, `stroke="${fill}" stroke-width="0.7"`)
      }
      parts += face(
        [
          [0, -2],
          [1, -1],
          [0, 0],
          [-1, -1],
        ],
        0.07,
      )
      parts += face(
        [
          [-1, -1],
          [0, 0],
          [0, 2],
          [-1, 1],
        ],
        -0.04,
      )
      parts += face(
        [
          [1, -1],
          [0, 0],
          [0, 2],
          [1, 1],
        ],
        -0.14,
      )
    }
  }
  return parts
}
