import type { Canvas } from './canvas.ts'
import {
  chromaOf,
  darkestFirst,
  distanceOf,
  fromHex,
  mix,
  shift,
  toHex,
  type Color,
} from '../core/color.ts'
import type { Icon } from './icons.ts'
import { pick } from '../core/random.ts'
import type { Plan } from './plan.ts'

type Place = { x: number; y: number; size: number }

/** An icon to lay over nothing, as SVG markup: a drawing on a rounded tile, or in lines alone. */
export function iconSvg(plan: Plan, canvas: Canvas): string {
  const { width, height } = canvas
  const side = Math.min(width, height)
  const place = { x: width / 2, y: height / 2, size: side * 0.94 }
  return plan.isOutline ? outlined(plan, { ...place, size: side * 0.8 }) : tile(plan, place, canvas)
}

function outlined({ subjects, palette, background, isWished }: Plan, place: Place): string {
  const ink = isWished ? (palette[Math.floor(palette.length / 2)] ?? palette[0]) : undefined
  const color = toHex(ink ?? fromHex('1f2937'))
  const { x, y, size } = place
  const disc =
    background === null
      ? ''
      : `<rect x="${x - size * 0.6}" y="${y - size * 0.6}" width="${size * 1.2}" height="${size * 1.2}" rx="${size * 0.27}" fill="${toHex(background)}"/>`
  const each = size / Math.max(1, subjects.length)
  const drawn = subjects.map(({ icon }, index) =>
    drawIcon(icon, {
      x: x + (index - (subjects.length - 1) / 2) * each,
      y,
      size: each * (background === null ? 1 : 0.75),
    }),
  )
  return `${disc}<g color="${color}">${drawn.join('')}</g>`
}

function tile(plan: Plan, place: Place, canvas: Canvas): string {
  const [from, to] = tileTones(plan, canvas)
  const { x, y, size } = place
  const outline = squircle(place)
  const drawn = plan.subjects.map(({ icon }, index) =>
    drawIcon(icon, spot(place, index, plan.subjects.length)),
  )
  return (
    `<defs><linearGradient id="tile" x1="0" y1="0" x2="0.6" y2="1"><stop offset="0" stop-color="${toHex(from)}"/><stop offset="1" stop-color="${toHex(to)}"/></linearGradient>` +
    `<radialGradient id="shine" cx="0.3" cy="0.08" r="0.9"><stop offset="0" stop-color="#fff" stop-opacity="0.28"/><stop offset="0.6" stop-color="#fff" stop-opacity="0"/></radialGradient>` +
    `<filter id="shadow" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="${size * 0.022}"/></filter></defs>` +
    `<path d="${outline}" fill="url(#tile)"/><path d="${outline}" fill="url(#shine)"/>` +
    `<ellipse cx="${x}" cy="${y + size * 0.33}" rx="${size * 0.25}" ry="${size * 0.035}" fill="#000" opacity="0.3" filter="url(#shadow)"/>` +
    drawn.join('')
  )
}

/** A drawing or up to three, large before a plain backdrop, with a shadow to stand on. */
export function pictureSvg(plan: Plan, { width, height }: Canvas): string {
  const count = plan.subjects.length
  const size = Math.min(height * 0.62, (width * 0.84) / count)
  const y = height * (plan.texts.length > 0 ? 0.36 : 0.5)
  const tall = plan.texts.length > 0 ? Math.min(size, height * 0.5) : size
  const drawn = plan.subjects.map(({ icon }, index) => {
    const x = width / 2 + (index - (count - 1) / 2) * tall * 1.12
    const shadow = `<ellipse cx="${x}" cy="${y + tall * 0.5}" rx="${tall * 0.4}" ry="${tall * 0.055}" fill="#000" opacity="0.22" filter="url(#ground)"/>`
    return shadow + drawIcon(icon, { x, y, size: tall })
  })
  return `<defs><filter id="ground" x="-30%" y="-120%" width="160%" height="340%"><feGaussianBlur stdDeviation="${tall * 0.025}"/></filter></defs>${drawn.join('')}`
}

/** Where the things of a tile stand: one in the middle, two or three smaller. */
function spot({ x, y, size }: Place, index: number, count: number): Place {
  if (count === 1) return { x, y, size: size * 0.6 }
  return {
    x: x + (index - (count - 1) / 2) * size * (count === 2 ? 0.37 : 0.27),
    y,
    size: size * (count === 2 ? 0.38 : 0.29),
  }
}

function drawIcon({ body, size: box }: Icon, { x, y, size }: Place): string {
  // Lines drawn for a small size are too heavy in a large one.
  const markup = body.replaceAll('stroke-width="2"', 'stroke-width="1.6"')
  return `<g transform="translate(${x - size / 2} ${y - size / 2}) scale(${size / box})">${markup}</g>`
}

/** A square with corners that begin softly (a superellipse), as phones show icons. */
function squircle({ x, y, size }: Place): string {
  const points = Array.from({ length: 120 }, (_, index) => {
    const angle = (index / 120) * Math.PI * 2
    const round = (value: number) => Math.sign(value) * Math.abs(value) ** (2 / 5)
    return `${(x + (round(Math.cos(angle)) * size) / 2).toFixed(2)} ${(y + (round(Math.sin(angle)) * size) / 2).toFixed(2)}`
  })
  return `M${points.join('L')}Z`
}

const TILES = [
  '4f7df9 2b3fd0',
  '8a5cf6 4b2fb8',
  '16b8a6 0b6e8a',
  'ff8f6b e0457b',
  'ffc857 f2883d',
  '3cc8f0 2a6fdb',
  '34495e 17202c',
  'f4f6fb cfd8ea',
  '5fd38a 1f9d6b',
].map((pair) => pair.split(' ').map(fromHex) as [Color, Color])

/** The two colours of a tile: those of the prompt, or a pair far from the colours of the drawing. */
export function tileTones(
  { palette, isWished, isNamed, background, subjects }: Plan,
  { random }: Pick<Canvas, 'random'>,
): [Color, Color] {
  if (background !== null)
    return [shift(background, { lighter: 0.04 }), shift(background, { lighter: -0.06 })]
  if (isWished && isNamed)
    return [palette[0] ?? fromHex('4f7df9'), palette.at(-1) ?? fromHex('2b3fd0')]
  if (isWished) {
    const sorted = darkestFirst(palette)
    return [
      sorted[3] ?? sorted.at(-1) ?? fromHex('4f7df9'),
      sorted[1] ?? sorted[0] ?? fromHex('2b3fd0'),
    ]
  }
  const own = colorsOf(subjects[0]?.icon)
  const ranked = TILES.toSorted((one, other) => farness(other, own) - farness(one, own))
  return pick(random, ranked.slice(0, 3))
}

function farness([from, to]: [Color, Color], own: readonly Color[]): number {
  const tone = mix(from, to, 0.5)
  const near = own.map((color) => distanceOf(color, tone))
  // A colourful tile is worth a little nearness.
  return Math.min(...near, 1) + chromaOf(tone) * 0.9
}

function colorsOf(icon: Icon | undefined): Color[] {
  const fills = icon?.body.match(/fill="#[0-9a-f]{6}"/g) ?? []
  return [...new Set(fills)].slice(0, 6).map((fill) => fromHex(fill.slice(7, 13)))
}
