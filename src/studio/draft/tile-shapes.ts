import { pick, type Random } from '../core/random.ts'

type Tones = { ground: string; figure: string; accent: string }

const QUARTER = 'M0 0H1A1 1 0 0 1 0 1Z'
const LEAF = 'M0 0A1 1 0 0 1 1 1A1 1 0 0 1 0 0Z'

const SHAPES: readonly ((tones: Tones) => string)[] = [
  ({ figure }) => path(QUARTER, figure),
  ({ figure }) => path(LEAF, figure),
  ({ figure }) => path('M0 0H1A0.5 0.5 0 0 1 0 0Z', figure),
  ({ figure, accent }) =>
    path('M0 0H1A0.5 0.5 0 0 1 0 0Z', figure) + path('M0 0.5H1A0.5 0.5 0 0 1 0 0.5Z', accent),
  ({ figure }) => path('M0 0H1L0 1Z', figure),
  ({ figure, accent }) => circle(0.5, 0.5, 0.4, figure) + circle(0.5, 0.5, 0.18, accent),
  ({ figure }) => circle(0.5, 0.5, 0.5, figure),
  ({ figure, ground, accent }) =>
    path(QUARTER, figure) + path(quarter(0.66), ground) + path(quarter(0.33), accent),
  ({ figure }) => path(quarter(0.5), figure) + path('M1 1H0.5A0.5 0.5 0 0 1 1 0.5Z', figure),
  ({ figure }) =>
    [0.25, 0.75].flatMap((x) => [0.25, 0.75].map((y) => circle(x, y, 0.13, figure))).join(''),
  ({ figure }) => [0, 0.4, 0.8].map((y) => path(`M0 ${y}H1.01V${y + 0.2}H0Z`, figure)).join(''),
  ({ figure, accent }) =>
    path('M0.5 0L1 0.5L0.5 1L0 0.5Z', figure) + circle(0.5, 0.5, 0.16, accent),
]

/** One figure for the unit square, in a random quarter turn. */
export function drawShape(random: Random, tones: Tones): string {
  const shape = pick(random, SHAPES)
  return `<g transform="rotate(${Math.floor(random() * 4) * 90} 0.5 0.5)">${shape(tones)}</g>`
}

function quarter(radius: number): string {
  return `M0 0H${radius}A${radius} ${radius} 0 0 1 0 ${radius}Z`
}

function path(outline: string, fill: string): string {
  return `<path d="${outline}" fill="${fill}"/>`
}

function circle(x: number, y: number, radius: number, fill: string): string {
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}"/>`
}
