import type { Canvas } from './canvas.ts'
import { fromHex, mix, shift, toHex } from '../core/color.ts'
import { meshField } from './mesh.ts'
import { createNoise2 } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { drawChevrons, drawCubes, drawGrid, drawPictures, drawScales } from './more-tiles.ts'
import { drawShape } from './tile-shapes.ts'
import {
  tonesOf,
  groundOf,
  pickOther,
  polygon,
  rectangle,
  type Grid,
  type Point,
  type Scene,
} from './tile-parts.ts'
import type { Motif } from './vocabulary.ts'

/** A pattern as SVG markup, in flat colours. */
export function tilesSvg(plan: Plan, canvas: Canvas): string {
  const grid = layOut(plan.motif, canvas)
  return DRAWERS[plan.motif]({ plan, canvas, grid })
}

const CELLS: Record<Motif, number> = {
  shapes: 5,
  triangles: 8,
  hexagons: 7,
  dots: 9,
  stripes: 7,
  checks: 8,
  cubes: 5,
  chevrons: 7,
  scales: 6,
  grid: 5,
  pictures: 4,
}

const DRAWERS: Record<Motif, (scene: Scene) => string> = {
  shapes: drawShapes,
  triangles: drawTriangles,
  hexagons: drawHexagons,
  dots: drawDots,
  stripes: drawStripes,
  checks: drawChecks,
  cubes: drawCubes,
  chevrons: drawChevrons,
  scales: drawScales,
  grid: drawGrid,
  pictures: drawPictures,
}

/** Patterns that alternate: only an even number of cells goes on where it began. */
const ALTERNATING: ReadonlySet<Motif> = new Set(['dots', 'checks', 'pictures'])

/** Whole cells only: they stretch a little, so that no tile is cut at an edge. */
function layOut(motif: Motif, { width, height }: Canvas): Grid {
  const cell = Math.max(16, Math.min(width, height) / CELLS[motif])
  const step = ALTERNATING.has(motif) ? 2 : 1
  const count = (length: number) => step * Math.max(1, Math.round(length / cell / step))
  const [columns, rows] = [count(width), count(height)]
  return { columns, rows, cellWidth: width / columns, cellHeight: height / rows }
}

function drawShapes({ plan, canvas: { random }, grid }: Scene): string {
  const tones = tonesOf(plan)
  let before: string[] = []
  let parts = ''
  for (let row = 0; row < grid.rows; row += 1) {
    const grounds: string[] = []
    for (let column = 0; column < grid.columns; column += 1) {
      const taken = [before[column], grounds[column - 1]]
      const ground = pickOther(random, tones, taken)
      const figure = pickOther(random, tones, [ground])
      grounds.push(ground)
      const place = `translate(${column * grid.cellWidth} ${row * grid.cellHeight}) scale(${grid.cellWidth} ${grid.cellHeight})`
      const accent = pickOther(random, tones, [ground, figure])
      parts += `<g transform="${place}"><path d="M0 0H1.02V1.02H0Z" fill="${ground}"/>${drawShape(random, { ground, figure, accent })}</g>`
    }
    before = grounds
  }
  return parts
}

/** Triangles of a shaken grid in the colours of a mesh gradient. */
function drawTriangles({ plan, canvas, grid }: Scene): string {
  const { random } = canvas
  const field = meshField(plan, canvas)(0)
  const corners = Array.from({ length: grid.rows + 3 }, (_, row) =>
    Array.from({ length: grid.columns + 3 }, (_each, column) => ({
      x: (column - 1 + (random() - 0.5) * 0.75) * grid.cellWidth,
      y: (row - 1 + (random() - 0.5) * 0.75) * grid.cellHeight,
    })),
  )
  const sample = new Float32Array(3)
  let parts = ''
  const draw = (points: readonly (Point | undefined)[]) => {
    const known = points.filter((point) => point !== undefined)
    const centre = (axis: 'x' | 'y') =>
      known.reduce((sum, point) => sum + point[axis], 0) / known.length
    field(centre('x') / canvas.width, centre('y') / canvas.height, sample, 0)
    const [lightness = 0, a = 0, b = 0] = sample
    const fill = toHex(shift({ lightness, a, b }, { lighter: (random() - 0.5) * 0.09 }))
    parts += polygon(known, fill, `stroke="${fill}" stroke-width="0.8"`)
  }
  for (let row = 0; row < grid.rows + 2; row += 1) {
    for (let column = 0; column < grid.columns + 2; column += 1) {
      const [one, two] = [corners[row]?.[column], corners[row]?.[column + 1]]
      const [three, four] = [corners[row + 1]?.[column], corners[row + 1]?.[column + 1]]
      const isRising = random() < 0.5
      draw(isRising ? [one, two, three] : [one, two, four])
      draw(isRising ? [two, four, three] : [one, four, three])
    }
  }
  return parts
}

function drawHexagons({ plan, canvas: { random }, grid }: Scene): string {
  const ground = groundOf(plan)
  const others = tonesOf(plan).filter((tone) => tone !== ground)
  // A single tone on a dark ground glows here and there, and does not cover it.
  const tones = plan.isDark && new Set(others).size === 1 ? glowOf(ground, others[0]) : others
  const noise = createNoise2(random)
  const rise = grid.cellHeight / 3
  let parts = rectangle(ground)
  for (let row = -1; row <= Math.ceil((grid.rows * 3) / 2) + 2; row += 1) {
    for (let column = -1; column <= grid.columns; column += 1) {
      const x = (column + (row % 2 === 0 ? 0 : 0.5)) * grid.cellWidth + grid.cellWidth / 2
      const y = row * rise * 2
      const at = (noise(column * 0.33, row * 0.33) + 1) / 2 + (random() - 0.5) * 0.35
      const fill =
        tones[Math.min(tones.length - 1, Math.max(0, Math.floor(at * tones.length)))] ?? ''
      const [across, down] = [grid.cellWidth * 0.465, rise * 0.93]
      const points = [
        [0, -1.333],
        [1, -0.667],
        [1, 0.667],
        [0, 1.333],
        [-1, 0.667],
        [-1, -0.667],
      ] as const
      parts += polygon(
        points.map(([dx, dy]) => ({ x: x + dx * across, y: y + dy * down })),
        fill,
      )
    }
  }
  return parts
}

function glowOf(ground: string, tone = ground): string[] {
  const [from, to] = [fromHex(ground), fromHex(tone)]
  return [0.08, 0.14, 0.2, 0.3, 0.55, 1].map((share) => toHex(mix(from, to, share)))
}

function drawDots({ plan, canvas: { random }, grid }: Scene): string {
  const ground = groundOf(plan)
  const tones = tonesOf(plan).filter((tone) => tone !== ground)
  const radius = Math.min(grid.cellWidth, grid.cellHeight) * 0.3
  let parts = rectangle(ground)
  for (let row = 0; row < grid.rows; row += 1) {
    const isShifted = row % 2 === 1
    const fills = Array.from({ length: grid.columns }, () => pickOther(random, tones, []))
    for (let column = 0; column < grid.columns + (isShifted ? 1 : 0); column += 1) {
      const x = (column + (isShifted ? 0 : 0.5)) * grid.cellWidth
      const y = (row + 0.5) * grid.cellHeight
      parts += `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fills[column % grid.columns]}"/>`
    }
  }
  return parts
}

function drawStripes({ plan, canvas: { width, height, random } }: Scene): string {
  const tones = tonesOf(plan)
  const band = Math.min(width, height) / CELLS.stripes
  const lean = height * 0.6
  let parts = ''
  let last = ''
  for (let x = -lean - band; x < width + band;) {
    last = pickOther(random, tones, [last])
    const step = band * (tones.length > 2 ? 0.5 + random() : 1)
    parts += polygon(
      [
        { x, y: height },
        { x: x + lean, y: 0 },
        { x: x + lean + step + 1, y: 0 },
        { x: x + step + 1, y: height },
      ],
      last,
    )
    x += step
  }
  return parts
}

function drawChecks({ plan, grid }: Scene): string {
  const tones = tonesOf(plan)
  const [first = '', second = first] = plan.isNamed
    ? plan.palette.map(toHex)
    : [tones.at(-1), tones[1]]
  let parts = rectangle(first)
  for (let row = 0; row < grid.rows; row += 1) {
    for (let column = row % 2; column < grid.columns; column += 2) {
      const [x, y] = [Math.round(column * grid.cellWidth), Math.round(row * grid.cellHeight)]
      const [right, bottom] = [
        Math.round((column + 1) * grid.cellWidth),
        Math.round((row + 1) * grid.cellHeight),
      ]
      parts += `<path d="M${x} ${y}H${right}V${bottom}H${x}Z" fill="${second}"/>`
    }
  }
  return parts
}
