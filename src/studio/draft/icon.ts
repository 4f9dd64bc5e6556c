import type { Canvas } from './canvas.ts'
import { toHex, type Color } from '../core/color.ts'
import type { Box } from '../core/draw-text.ts'
import { drawSubject, type Place } from './drawing.ts'
import type { Plan } from './plan.ts'
import { inkOn, monogramTones, NAVY, tileTones, WHITE, type Tones } from './tone.ts'

/** Where the parts of an icon stand; with a name below it, it is smaller. */
function placeOf({ form, texts, isOutline }: Plan, { width, height }: Canvas): Place {
  const side = Math.min(width, height)
  if (texts.length > 0) return { x: width / 2, y: height * 0.4, size: side * 0.54 }
  const share = form === 'square' ? 1 : isOutline || form === 'none' ? 0.84 : 0.94
  return { x: width / 2, y: height / 2, size: side * share }
}

/** An icon to lay over nothing, as SVG markup: a drawing on a tile, or alone. */
export function iconSvg(plan: Plan, canvas: Canvas): string {
  const place = placeOf(plan, canvas)
  if (plan.isOutline) return outlined(plan, place, canvas)
  const tones = tileTones(plan, canvas)
  const isBare = plan.form === 'none'
  const ink = isBare ? lineInk(plan) : inkOn(tones)
  const spots = plan.subjects.map((subject, index) => {
    const spot = spotOf(place, index, plan.subjects.length)
    return drawSubject(subject, isBare ? { ...spot, size: spot.size * 1.6 } : spot, ink)
  })
  if (isBare) return sheet(plan) + spots.join('')
  const shadow = `<ellipse cx="${place.x}" cy="${place.y + place.size * 0.33}" rx="${place.size * 0.25}" ry="${place.size * 0.035}" fill="#000" opacity="0.3" filter="url(#shadow)"/>`
  const isFlat = plan.subjects.every(
    ({ icon, glyph, color }) => icon.isLines || (color !== null && glyph !== null),
  )
  return (
    sheet(plan) + tile(plan, place, { tones, canvas }) + (isFlat ? '' : shadow) + spots.join('')
  )
}

/** The tile of initials; the letters are set into `monogramBox`. */
export function monogramSvg(plan: Plan, canvas: Canvas): string {
  const place = placeOf(plan, canvas)
  if (plan.form === 'none') return sheet(plan)
  const { tones } = monogramTones(plan, canvas)
  return sheet(plan) + tile(plan, place, { tones, canvas, isMatt: true })
}

/** Where the letters of a monogram go, and in which colour. */
export function monogramLetters(plan: Plan, canvas: Canvas): { box: Box; color: string } {
  const { x, y, size } = placeOf(plan, canvas)
  const { width, height } = canvas
  const share = plan.form === 'none' ? 0.9 : 0.58
  const [wide, high] = [size * share, size * (plan.form === 'none' ? 0.8 : 0.46)]
  const box = {
    left: (x - wide / 2) / width,
    top: (y - high / 2) / height,
    width: wide / width,
    height: high / height,
  }
  const ink = plan.form === 'none' ? lineInk(plan) : monogramTones(plan, canvas).ink
  return { box, color: toHex(ink) }
}

/** The ground of a logo that has a name below it; a mark alone has none. */
function sheet({ texts, isTransparent, background, isDark }: Plan): string {
  if (texts.length === 0 || isTransparent) return ''
  return `<rect width="100%" height="100%" fill="${toHex(background ?? (isDark ? NAVY : WHITE))}"/>`
}

/** The colour of lines that stand on nothing. */
function lineInk({ palette, isWished }: Plan): Color {
  return (isWished ? palette[Math.floor(palette.length / 2)] : undefined) ?? NAVY
}

function outlined(plan: Plan, place: Place, canvas: Canvas): string {
  const { subjects, background } = plan
  const tones: Tones | null =
    background === null || plan.isTransparent ? null : tileTones(plan, canvas)
  const fallback = tones === null || plan.isWished ? lineInk(plan) : inkOn(tones)
  const each = place.size / Math.max(1, subjects.length)
  const drawn = subjects.map((subject, index) => {
    const x = place.x + (index - (subjects.length - 1) / 2) * each
    return drawSubject(
      subject,
      { x, y: place.y, size: each * (tones === null ? 1 : 0.6) },
      fallback,
    )
  })
  const size = place.size * 1.12
  const ground =
    tones === null ? '' : tile(plan, { ...place, size }, { tones, canvas, isMatt: true })
  return ground + drawn.join('')
}

type Look = { tones: Tones; canvas: Canvas; isMatt?: boolean }

function tile(
  { form }: Plan,
  place: Place,
  { tones: [from, to], canvas, isMatt = false }: Look,
): string {
  const { x, y, size } = place
  const shape =
    form === 'square' && size >= Math.min(canvas.width, canvas.height)
      ? '<rect width="100%" height="100%"'
      : form === 'circle'
        ? `<circle cx="${x}" cy="${y}" r="${size / 2}"`
        : `<path d="${squircle(place)}"`
  return (
    `<defs><linearGradient id="tile" x1="0" y1="0" x2="0.6" y2="1"><stop offset="0" stop-color="${toHex(from)}"/><stop offset="1" stop-color="${toHex(to)}"/></linearGradient>` +
    `<radialGradient id="shine" cx="0.3" cy="0.08" r="0.9"><stop offset="0" stop-color="#fff" stop-opacity="0.28"/><stop offset="0.6" stop-color="#fff" stop-opacity="0"/></radialGradient>` +
    `<filter id="shadow" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="${size * 0.022}"/></filter></defs>` +
    `${shape} fill="url(#tile)"/>${isMatt ? '' : `${shape} fill="url(#shine)"/>`}`
  )
}

/** Where the things of a tile stand: one in the middle, two or three smaller. */
function spotOf({ x, y, size }: Place, index: number, count: number): Place {
  if (count === 1) return { x, y, size: size * 0.6 }
  return {
    x: x + (index - (count - 1) / 2) * size * (count === 2 ? 0.37 : 0.27),
    y,
    size: size * (count === 2 ? 0.38 : 0.29),
  }
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
