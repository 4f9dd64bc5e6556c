import type { Canvas } from './canvas.ts'
import { darkestFirst, fromHex, mix, shift, toHex, type Color } from '../core/color.ts'
import { pick, type Random } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { skyTones } from './sky.ts'

type Row = {
  base: number
  low: number
  tall: number
  wide: number
  color: Color
  lit: number
  window: string
}

/** Three rows of buildings to lay over a sky, as SVG markup. */
export function skylineSvg(plan: Plan, { width, height, random }: Canvas): string {
  const tones = skyTones(plan)
  const light = tones.at(-1) ?? fromHex('f4efe4')
  const dark = shift(darkestFirst(plan.palette)[0] ?? fromHex('1d2a44'), {
    lighter: plan.isWished ? -0.02 : 0,
  })
  const night = plan.isDark || plan.hasStars
  const window = night ? '#ffd98a' : toHex(mix(light, fromHex('fff3d6'), 0.5))
  const rows: Row[] = [0, 0.5, 1].map((near) => ({
    base: height * 1.02,
    low: height * (0.34 - 0.14 * near),
    tall: height * (0.62 - 0.2 * near),
    wide: height * (0.06 + 0.035 * near),
    color: mix(
      mix(dark, light, night ? 0.28 : 0.52),
      shift(dark, { lighter: night ? -0.03 : 0.02 }),
      near ** 0.75,
    ),
    lit: near === 0 ? 0 : night ? 0.42 : 0.16,
    window,
  }))
  return rows.map((row) => buildings(row, { width, random, unit: height })).join('')
}

type Street = { width: number; random: Random; unit: number }

function buildings(row: Row, { width, random, unit }: Street): string {
  let parts = ''
  for (let x = -row.wide * random(); x < width;) {
    const wide = row.wide * (0.7 + random() * 0.95)
    const rise = random()
    const tall = row.low + (row.tall - row.low) * rise ** 1.8
    parts += building({ x, wide, tall, unit, random }, row)
    x += wide + (random() < 0.25 ? row.wide * 0.12 : 0)
  }
  return parts
}

type Building = { x: number; wide: number; tall: number; unit: number; random: Random }

function building({ x, wide, tall, unit, random }: Building, row: Row): string {
  const top = row.base - tall
  const fill = toHex(row.color)
  const roof = pick(random, ROOFS)({ x, top, wide, unit }, fill)
  const body = rect(x, top, wide + 0.6, tall, fill)
  // A side in the shade gives the block some depth.
  const side = rect(
    x + wide * 0.72,
    top,
    wide * 0.28 + 0.6,
    tall,
    toHex(shift(row.color, { lighter: -0.018 })),
  )
  return `${roof}${body}${side}${windows({ x, wide, tall, unit, random }, row)}`
}

function windows(
  { x, wide, tall, unit, random }: Building,
  { base, lit, window, color }: Row,
): string {
  if (lit === 0) return ''
  const size = unit * 0.0095
  const columns = Math.max(2, Math.floor(wide / (size * 2.1)))
  const gap = wide / columns
  const isBanded = random() < 0.25
  let parts = ''
  for (let y = base - tall + gap * 0.8; y < base; y += size * 2.6) {
    const isDarkFloor = random() < 0.2
    for (let column = 0; column < columns; column += 1) {
      const chance = random()
      const isLit = isBanded ? !isDarkFloor && chance < lit * 1.5 : chance < lit
      const tone = isLit ? window : toHex(shift(color, { lighter: 0.03 }))
      const opacity = isLit ? (0.55 + 0.45 * random()).toFixed(2) : '0.6'
      parts += `<path d="M${(x + (column + 0.5) * gap - size / 2).toFixed(1)} ${y.toFixed(1)}h${size.toFixed(1)}v${(size * 1.35).toFixed(1)}h-${size.toFixed(1)}z" fill="${tone}" fill-opacity="${opacity}"/>`
    }
  }
  return parts
}

type Roof = { x: number; top: number; wide: number; unit: number }

const ROOFS: readonly ((roof: Roof, fill: string) => string)[] = [
  () => '',
  () => '',
  ({ x, top, wide, unit }, fill) =>
    rect(x + wide * 0.2, top - unit * 0.02, wide * 0.6, unit * 0.022, fill),
  ({ x, top, wide, unit }, fill) =>
    rect(x + wide * 0.48, top - unit * 0.075, unit * 0.004, unit * 0.077, fill) +
    rect(x + wide * 0.3, top - unit * 0.018, wide * 0.4, unit * 0.02, fill),
  ({ x, top, wide, unit }, fill) =>
    `<path d="M${x} ${top + 1}L${x + wide / 2} ${top - unit * 0.06}L${x + wide} ${top + 1}Z" fill="${fill}"/>`,
  ({ x, top, wide, unit }, fill) =>
    `<path d="M${x} ${top + 1}V${top - unit * 0.045}L${x + wide} ${top + 1}Z" fill="${fill}"/>`,
]

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}"/>`
}
