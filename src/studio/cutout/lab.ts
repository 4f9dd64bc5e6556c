/** CIE 1976 L*a*b*: a distance of 1 is about the smallest difference that is seen. */
export type Lab = { lightness: number; a: number; b: number }

const DECODE = Float64Array.from({ length: 256 }, (_, value) => {
  const part = value / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
})

/** Returns the Lab colour of an sRGB pixel (0 to 255 a channel), by the matrix and white point D65 of IEC 61966-2-1. */
export function labOf(red: number, green: number, blue: number): Lab {
  const [r, g, b] = [DECODE[red] ?? 0, DECODE[green] ?? 0, DECODE[blue] ?? 0]
  const x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
  const y = curve(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
  const z = curve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
  return { lightness: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z) }
}

/** Returns the colour difference CIE76. */
export function distance(one: Lab, other: Lab): number {
  return Math.hypot(one.lightness - other.lightness, one.a - other.a, one.b - other.b)
}

/** Returns the colour of the medians of each coordinate. The list must not be empty. */
export function medianOf(colors: readonly Lab[]): Lab {
  const middle = (read: (color: Lab) => number) =>
    colors.map(read).toSorted((one, other) => one - other)[colors.length >> 1] ?? 0
  return {
    lightness: middle(({ lightness }) => lightness),
    a: middle(({ a }) => a),
    b: middle(({ b }) => b),
  }
}

function curve(value: number): number {
  return value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116
}
