import { convertRgbToOklab, formatHex, parseHex } from './culori.ts'

/**
 * A colour in OKLab (Björn Ottosson, 2020), where equal distances look equally large: lightness 0 to 1, then the
 * axes from green to red and from blue to yellow, each about -0.4 to 0.4.
 */
export type Color = { lightness: number; a: number; b: number }

// Indexed by the square root of linear light, which spends the entries where the eye sees steps.
const ENCODE_STEPS = 4096
const ENCODE = Float32Array.from({ length: ENCODE_STEPS + 1 }, (_, index) => {
  const linear = (index / ENCODE_STEPS) ** 2
  return 255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055)
})

/** Returns the colour of `#rrggbb` or `rrggbb`. Throws `RangeError` for any other text. */
export function fromHex(hex: string): Color {
  const rgb = parseHex(hex)
  if (rgb === undefined) throw new RangeError(`"${hex}" is no colour`)
  const { l, a, b } = convertRgbToOklab(rgb)
  return { lightness: l, a, b }
}

/**
 * Turns OKLab triples into 8-bit RGB at `offset` of `pixels`, rounding each up or down by `threshold`
 * (0 to 1 per pixel), so that a slow gradient shows no bands.
 */
export function writeRgb(
  row: Float32Array,
  pixels: Uint8Array,
  offset: number,
  threshold: (x: number) => number,
): void {
  for (let index = 0; index < row.length; index += 3) {
    const lightness = row[index] ?? 0
    const a = row[index + 1] ?? 0
    const b = row[index + 2] ?? 0
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    const dither = threshold(index / 3)
    const at = offset + index
    pixels[at] = encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s) + dither
    pixels[at + 1] = encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s) + dither
    pixels[at + 2] = encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s) + dither
  }
}

/** Returns the nearest `#rrggbb` of a colour. */
export function toHex({ lightness, a, b }: Color): string {
  return formatHex({ mode: 'oklab', l: lightness, a, b })
}

/** Returns the colour that lies `share` (0 to 1) of the way from one to the other. */
export function mix(from: Color, to: Color, share: number): Color {
  return {
    lightness: from.lightness + (to.lightness - from.lightness) * share,
    a: from.a + (to.a - from.a) * share,
    b: from.b + (to.b - from.b) * share,
  }
}

/** Changes a colour: adds to its lightness, multiplies its chroma, turns its hue by degrees. */
export function shift(
  color: Color,
  { lighter = 0, chroma = 1, turn = 0 }: { lighter?: number; chroma?: number; turn?: number },
): Color {
  const angle = (turn * Math.PI) / 180
  return {
    lightness: Math.min(0.985, Math.max(0.06, color.lightness + lighter)),
    a: (color.a * Math.cos(angle) - color.b * Math.sin(angle)) * chroma,
    b: (color.a * Math.sin(angle) + color.b * Math.cos(angle)) * chroma,
  }
}

/** Returns lightness, a and b as a list. */
export function triple({ lightness, a, b }: Color): number[] {
  return [lightness, a, b]
}

/** Returns the chroma of a colour: 0 for grey, about 0.3 at most. */
export function chromaOf({ a, b }: Color): number {
  return Math.hypot(a, b)
}

/** Returns the Euclidean distance of two colours in OKLab: 1 from black to white. */
export function distanceOf(one: Color, other: Color): number {
  return Math.hypot(one.lightness - other.lightness, one.a - other.a, one.b - other.b)
}

/** Returns the same colours, darkest first. */
export function darkestFirst(colors: readonly Color[]): Color[] {
  return colors.toSorted((one, other) => one.lightness - other.lightness)
}

function encode(linear: number): number {
  if (linear <= 0) return 0
  return linear >= 1 ? 255 : (ENCODE[Math.round(Math.sqrt(linear) * ENCODE_STEPS)] ?? 255)
}
