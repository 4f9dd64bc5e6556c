/** A colour in OKLab, where equal steps look equally large: lightness 0 to 1, then the two hue axes. */
export type Color = { lightness: number; a: number; b: number }

const DECODE = Float64Array.from({ length: 256 }, (_, value) => {
  const part = value / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
})

// Indexed by the square root of linear light, which spends the entries where the eye sees steps.
const ENCODE_STEPS = 4096
const ENCODE = Float32Array.from({ length: ENCODE_STEPS + 1 }, (_, index) => {
  const linear = (index / ENCODE_STEPS) ** 2
  return 255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055)
})

/** The colour of `#rrggbb` or `rrggbb`. */
export function fromHex(hex: string): Color {
  const value = Number.parseInt(hex.replace('#', ''), 16)
  return fromRgb(value >> 16, (value >> 8) & 255, value & 255)
}

/** The colour of an sRGB pixel, each channel 0 to 255. */
export function fromRgb(red: number, green: number, blue: number): Color {
  const [r, g, b] = [DECODE[red] ?? 0, DECODE[green] ?? 0, DECODE[blue] ?? 0]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return {
    lightness: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  }
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

/** The nearest `#rrggbb` of a colour. */
export function toHex(color: Color): string {
  const pixel = new Uint8Array(3)
  writeRgb(Float32Array.of(color.lightness, color.a, color.b), pixel, 0, () => 0.5)
  return `#${Buffer.from(pixel).toString('hex')}`
}

/** The colour `share` (0 to 1) of the way from one to the other. */
export function mix(from: Color, to: Color, share: number): Color {
  return {
    lightness: from.lightness + (to.lightness - from.lightness) * share,
    a: from.a + (to.a - from.a) * share,
    b: from.b + (to.b - from.b) * share,
  }
}

/** A relative of a colour: lighter or darker, with more or less chroma, its hue turned (degrees). */
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

/** The three numbers of a colour, as painters write them. */
export function triple({ lightness, a, b }: Color): number[] {
  return [lightness, a, b]
}

/** How colourful a colour is: 0 for grey, about 0.3 at most. */
export function chromaOf({ a, b }: Color): number {
  return Math.hypot(a, b)
}

/** How far two colours look apart: about 1 from black to white. */
export function distanceOf(one: Color, other: Color): number {
  return Math.hypot(one.lightness - other.lightness, one.a - other.a, one.b - other.b)
}

/** The same colours, darkest first. */
export function darkestFirst(colors: readonly Color[]): Color[] {
  return colors.toSorted((one, other) => one.lightness - other.lightness)
}

function encode(linear: number): number {
  if (linear <= 0) return 0
  return linear >= 1 ? 255 : (ENCODE[Math.round(Math.sqrt(linear) * ENCODE_STEPS)] ?? 255)
}
