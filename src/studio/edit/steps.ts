import { LUMA } from '../core/luma.ts'
import type { Size } from '../core/raster.ts'

/** A linear colour change: each channel of the result is a row of the matrix times the pixel, plus an offset. */
export type ColorMatrix = {
  matrix: readonly [Row, Row, Row]
  offset: number
}
type Row = readonly [number, number, number]

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number]

/** A side of a picture. */
export type Side = 'top' | 'bottom' | 'left' | 'right'
/** Where a text stands. */
export type Place = { down: 'top' | 'middle' | 'bottom'; across: 'left' | 'centre' | 'right' }

/** One operation on a picture, ready to be applied. Lengths are pixels unless said otherwise. */
export type Step =
  | { kind: 'colorMatrix'; change: ColorMatrix }
  | { kind: 'blur'; sigma: number | 'auto'; strength: number }
  | { kind: 'sharpen'; strength: number }
  | { kind: 'rotate'; degrees: number }
  | { kind: 'flip'; axis: 'horizontal' | 'vertical' }
  | { kind: 'cropRatio'; ratio: number; isCircle: boolean }
  | { kind: 'cropSize'; size: Size }
  | { kind: 'resize'; size: Size }
  | { kind: 'resizeSide'; side: 'width' | 'height'; length: number }
  | { kind: 'scale'; factor: number }
  /** Radius as a share of the shorter side, or in pixels. */
  | { kind: 'roundCorners'; radius: { share: number } | { pixels: number } }
  | { kind: 'border'; thickness: number | 'auto'; color: Rgb }
  | { kind: 'pixelate'; block: number | 'auto' }
  | { kind: 'enhance' }
  | { kind: 'posterize'; levels: number }
  | { kind: 'threshold'; share: number }
  | { kind: 'opacity'; share: number }
  | { kind: 'vignette'; strength: number }
  | { kind: 'trim' }
  | { kind: 'cropSides'; amount: { share: number } | { pixels: number }; sides: readonly Side[] }
  | { kind: 'pad'; ratio: number; color: Rgb | 'clear' }
  | { kind: 'background'; change: 'clear' | 'blur' | Rgb }
  | { kind: 'text'; text: string; place: Place; color: Rgb | 'auto' }

/** Steps whose result may have another size than what they are given. */
export const RESIZING: ReadonlySet<Step['kind']> = new Set([
  'rotate',
  'cropRatio',
  'cropSize',
  'cropSides',
  'trim',
  'resize',
  'resizeSide',
  'scale',
  'border',
  'pad',
])

/** Multiplies every channel by `factor`; 1 changes nothing. */
export function brightness(factor: number): ColorMatrix {
  return { matrix: scaled(factor, factor, factor), offset: 0 }
}

/** Multiplies the distance of every channel from middle grey (127.5) by `factor`. */
export function contrast(factor: number): ColorMatrix {
  return { matrix: scaled(factor, factor, factor), offset: 127.5 * (1 - factor) }
}

/** Multiplies the distance of every channel from the luma of its pixel by `factor`; 0 is grayscale. */
export function saturation(factor: number): ColorMatrix {
  const row = (own: number) =>
    LUMA.map(
      (part, channel) => part * (1 - factor) + (channel === own ? factor : 0),
    ) as unknown as Row
  return { matrix: [row(0), row(1), row(2)], offset: 0 }
}

/** Adds the share `shift` (-1 to 1) to red and takes it from blue: warmer above 0, cooler below. */
export function temperature(shift: number): ColorMatrix {
  return { matrix: scaled(1 + shift, 1 + shift * 0.15, 1 - shift), offset: 0 }
}

/**
 * Turns every hue by some degrees; greys and luma stay. This is the matrix of `hueRotate` in W3C's Filter
 * Effects Module Level 1 (feColorMatrix), with the luma of Rec. 709. Its numbers 0.143, 0.140 and -0.283 are taken
 * from there.
 */
export function hueTurn(degrees: number): ColorMatrix {
  const angle = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const [r, g, b] = LUMA
  const row = (base: Row, along: Row, across: Row): Row =>
    [0, 1, 2].map(
      (at) => (base[at] ?? 0) + cos * (along[at] ?? 0) + sin * (across[at] ?? 0),
    ) as unknown as Row
  return {
    matrix: [
      row(LUMA, [1 - r, -g, -b], [-r, -g, 1 - b]),
      row(LUMA, [-r, 1 - g, -b], [0.143, 0.14, -0.283]),
      row(LUMA, [-r, -g, 1 - b], [r - 1, g, b]),
    ],
    offset: 0,
  }
}

/** Mixes 60 % of the luma in one colour with 40 % of the own colours. */
export function tint(color: Rgb): ColorMatrix {
  const light = Math.max(60, LUMA[0] * color[0] + LUMA[1] * color[1] + LUMA[2] * color[2])
  const row = (channel: 0 | 1 | 2): Row => {
    const strength = (0.6 * color[channel]) / light
    const own = (index: number) => (index === channel ? 0.4 : 0)
    return [LUMA[0] * strength + own(0), LUMA[1] * strength + own(1), LUMA[2] * strength + own(2)]
  }
  return { matrix: [row(0), row(1), row(2)], offset: 0 }
}

/** `sepia(1)` of W3C's Filter Effects Module Level 1. */
export const SEPIA: ColorMatrix = {
  matrix: [
    [0.393, 0.769, 0.189],
    [0.349, 0.686, 0.168],
    [0.272, 0.534, 0.131],
  ],
  offset: 0,
}

/** 255 minus every channel. */
export const INVERT: ColorMatrix = { matrix: scaled(-1, -1, -1), offset: 255 }

function scaled(red: number, green: number, blue: number): [Row, Row, Row] {
  return [
    [red, 0, 0],
    [0, green, 0],
    [0, 0, blue],
  ]
}
