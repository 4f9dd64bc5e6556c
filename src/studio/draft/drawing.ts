import { chromaOf, fromHex, toHex, type Color } from '../core/color.ts'
import type { Icon } from './icons.ts'
import type { Subject } from './subjects.ts'

/** A square to draw into: its middle and its side, in pixels. */
export type Place = { x: number; y: number; size: number }

/** Below this chroma a colour is a grey. */
const GREY = 0.04

/**
 * A thing as SVG markup, in the colour that the prompt gives it. What has a grey or white wish is drawn in lines,
 * where there is such a drawing; `ink` is the colour of lines without a wish.
 */
export function drawSubject({ icon, glyph, color }: Subject, place: Place, ink: Color): string {
  if (icon.isLines) return drawIcon(icon, place, color ?? ink)
  if (color === null) return drawIcon(icon, place, ink)
  if (chromaOf(color) < GREY && glyph !== null) return drawIcon(glyph, place, color)
  return drawIcon({ ...icon, body: tinted(icon.body, color) }, place, ink)
}

/** The colours that a drawing in its own colours has, each once. */
export function colorsOf(body: string): Color[] {
  return [...new Set(body.match(FILL) ?? [])].map((fill) => fromHex(fill.slice(7, 13)))
}

const FILL = /fill="#[0-9a-f]{6}(?=")/gi

function drawIcon({ body, size: box }: Icon, { x, y, size }: Place, ink: Color): string {
  // Lines drawn for a small size are too heavy in a large one.
  const markup = body.replaceAll('stroke-width="2"', 'stroke-width="1.7"')
  return `<g color="${toHex(ink)}" transform="translate(${x - size / 2} ${y - size / 2}) scale(${size / box})">${markup}</g>`
}

/**
 * Turns the leading hue of a drawing into another colour. What is grey, white or black stays, and so does a hue far
 * from the leading one, unless the drawing has no colour at all.
 */
function tinted(body: string, wish: Color): string {
  const own = colorsOf(body)
  const colourful = own.filter((color) => chromaOf(color) >= GREY)
  const leading = leadingOf(body, colourful)
  const middle = leading ?? { lightness: 0.75, a: 0, b: 0 }
  const isTurned = (color: Color) =>
    leading === null
      ? color.lightness > 0.3 && color.lightness < 0.97
      : chromaOf(color) >= GREY && turnBetween(color, leading) < 75
  return body.replaceAll(FILL, (fill) => {
    const color = fromHex(fill.slice(7, 13))
    if (!isTurned(color)) return fill
    const lightness = wish.lightness + (color.lightness - middle.lightness) * 0.8
    const strength =
      leading === null ? 1 : Math.min(1.25, chromaOf(color) / Math.max(GREY, chromaOf(leading)))
    const shade = {
      lightness: Math.min(0.98, Math.max(0.12, lightness)),
      a: wish.a * strength,
      b: wish.b * strength,
    }
    return `fill="${toHex(shade)}`
  })
}

/** The colour of the longest outlines, which is that of most of the drawing. */
function leadingOf(body: string, colors: readonly Color[]): Color | null {
  const lengthOf = (color: Color) => {
    const hex = toHex(color).toLowerCase()
    return (body.match(/<[^>]+>/g) ?? [])
      .filter((element) => element.toLowerCase().includes(`fill="${hex}"`))
      .reduce((sum, element) => sum + element.length, 0)
  }
  return colors.toSorted((one, other) => lengthOf(other) - lengthOf(one))[0] ?? null
}

/** Degrees between two hues. */
function turnBetween(one: Color, other: Color): number {
  const turn = Math.abs(Math.atan2(one.b, one.a) - Math.atan2(other.b, other.a))
  return (Math.min(turn, 2 * Math.PI - turn) * 180) / Math.PI
}
