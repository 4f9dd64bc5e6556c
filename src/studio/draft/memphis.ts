import type { Canvas } from './canvas.ts'
import { darkestFirst, fromHex, mix, toHex } from '../core/color.ts'
import { pick, type Random } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { pickOther, rectangle } from './tile-parts.ts'

type Ink = { fill: string; line: string }

/** Loose figures of the eighties on a plain ground, as SVG markup. */
export function memphisSvg(plan: Plan, { width, height, random }: Canvas): string {
  const sorted = darkestFirst(plan.palette)
  const darkest = sorted[0] ?? fromHex('22223a')
  const paper = mix(fromHex('fdf7ea'), sorted.at(-1) ?? darkest, 0.12)
  const ground = plan.background ?? (plan.isDark ? darkest : paper)
  const groundHex = toHex(ground)
  const tones = plan.palette.map(toHex).filter((tone) => tone !== groundHex)
  const line = toHex(
    ground.lightness > 0.5 ? mix(darkest, fromHex('1d1b2e'), 0.6) : mix(paper, ground, 0.1),
  )
  const cell = Math.max(24, Math.min(width, height) / 4.6)
  const columns = Math.ceil(width / cell) + 1
  const rows = Math.ceil(height / cell) + 1
  let parts = rectangle(groundHex)
  let last = ''
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const x = (column + (row % 2) * 0.5 - 0.25 + (random() - 0.5) * 0.28) * cell
      const y = (row + (random() - 0.5) * 0.28) * cell
      const size = cell * (0.5 + random() * 0.32)
      last = pickOther(random, tones.length === 0 ? [line] : tones, [last])
      const figure = pick(random, FIGURES)(random, { fill: last, line })
      const turn = Math.floor(random() * 360)
      parts += `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn}) scale(${size.toFixed(2)})">${figure}</g>`
    }
  }
  return parts
}

const STROKE = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'

/** Figures about one unit wide, around the middle. */
const FIGURES: readonly ((random: Random, ink: Ink) => string)[] = [
  (_, { fill }) => `<circle r="0.36" fill="${fill}"/>`,
  (_, { fill, line }) =>
    `<circle cx="0.07" cy="0.07" r="0.32" fill="${fill}"/><circle r="0.32" stroke="${line}" stroke-width="0.05" ${STROKE}/>`,
  (_, { fill }) => `<circle r="0.3" stroke="${fill}" stroke-width="0.15" ${STROKE}/>`,
  (_, { fill }) => `<path d="M-0.4 0A0.4 0.4 0 0 1 0.4 0Z" fill="${fill}"/>`,
  (_, { fill }) => `<path d="M0 -0.4L0.38 0.28H-0.38Z" fill="${fill}"/>`,
  (_, { line }) =>
    `<path d="M0 -0.36L0.34 0.24H-0.34Z" stroke="${line}" stroke-width="0.06" ${STROKE}/>`,
  (_, { fill }) =>
    `<path d="M-0.5 0.1L-0.3 -0.1L-0.1 0.1L0.1 -0.1L0.3 0.1L0.5 -0.1" stroke="${fill}" stroke-width="0.11" ${STROKE}/>`,
  (_, { line }) =>
    `<path d="M-0.5 0C-0.4 -0.25 -0.25 -0.25 -0.17 0S0.08 0.25 0.17 0S0.4 -0.25 0.5 0" stroke="${line}" stroke-width="0.07" ${STROKE}/>`,
  (_, { line }) => grid(4, (x, y) => `<circle cx="${x}" cy="${y}" r="0.045" fill="${line}"/>`),
  (_, { fill }) =>
    `<path d="M-0.3 0H0.3M0 -0.3V0.3" stroke="${fill}" stroke-width="0.15" ${STROKE}/>`,
  (_, { fill, line }) =>
    `<path d="M-0.28 -0.28H0.28V0.28H-0.28Z" fill="${fill}"/>` +
    [-0.14, 0, 0.14]
      .map((y) => `<path d="M-0.28 ${y}H0.28" stroke="${line}" stroke-width="0.035"/>`)
      .join(''),
  (_, { fill }) =>
    [-0.16, 0, 0.16]
      .map((y) => `<path d="M-0.34 ${y}H0.34" stroke="${fill}" stroke-width="0.07" ${STROKE}/>`)
      .join(''),
  (_, { fill }) => `<path d="M-0.38 -0.38A0.76 0.76 0 0 1 0.38 0.38L-0.38 0.38Z" fill="${fill}"/>`,
]

function grid(count: number, draw: (x: number, y: number) => string): string {
  const places = Array.from({ length: count }, (_, index) => ((index + 0.5) / count - 0.5) * 0.7)
  return places.flatMap((y) => places.map((x) => draw(x, y))).join('')
}
