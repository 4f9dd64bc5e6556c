import { EDITED_SIDE_MAX } from '../core/limits.ts'
import { GRADED_OPERATIONS } from './graded.ts'
import { COMPOSITION_OPERATIONS } from './composition-operations.ts'
import { INVERT, saturation, SEPIA, tint, type Step } from './steps.ts'
import {
  AMOUNT,
  assertBetween,
  clause,
  COLOR,
  IT,
  NUMBER,
  PIXELS,
  rgbOf,
  strengthOf,
  type Operation,
} from './patterns.ts'

const SIZE = `(?<width>\\d+) ?(?:x|×|by) ?(?<height>\\d+)${PIXELS}?`
const LONGEST_SIDE = [1, EDITED_SIDE_MAX] as const

/** Everything an edit understands, in the order it is tried. */
export const OPERATIONS: readonly Operation[] = [
  {
    usage: 'grayscale',
    pattern: clause(
      `(?:(?:make|turn|convert|change)(?: ${IT})? )?(?:(?:in)?to )?(?:a )?(?:gr[ae]yscale|black ?(?:and|&|-) ?white|black-and-white|b ?& ?w|monochrome|gr[ae]y)(?: (?:image|picture|photo|version))?`,
    ),
    read: () => ({ kind: 'colorMatrix', change: saturation(0) }),
  },
  {
    usage: 'sepia',
    pattern: clause(
      `(?:(?:make|turn|convert|change)(?: ${IT})? )?(?:(?:in)?to )?(?:(?:add|apply) )?(?:a )?sepia(?: tone| toned| filter| effect)?`,
    ),
    read: () => ({ kind: 'colorMatrix', change: SEPIA }),
  },
  {
    usage: 'invert',
    pattern: clause(
      `invert(?: ${IT}| (?:the |all )?colou?rs)?|(?:make|turn) ${IT} (?:into )?(?:a )?negative`,
    ),
    read: () => ({ kind: 'colorMatrix', change: INVERT }),
  },
  ...GRADED_OPERATIONS,
  {
    usage: 'tint teal',
    pattern: clause(
      `tint (?:${IT} )?(?:with |in )?${COLOR}|(?:add|apply) (?:a |an )?(?<second>#[0-9a-f]{3,6}|[a-z]+(?: [a-z]+)?) tint`,
    ),
    read: ({ color, second }) => {
      const rgb = rgbOf(color ?? second)
      return rgb === null ? null : { kind: 'colorMatrix', change: tint(rgb) }
    },
  },
  {
    usage: 'blur (slightly, much, by 5 px)',
    pattern: clause(
      `(?:(?:make|turn) ${IT} )?(?:(?<before>${AMOUNT}) )?(?:(?:gaussian )?blur|blurry|blurrier|blurred|softer)(?: ${IT})?` +
        `(?: (?<after>${AMOUNT}))?(?: (?:by |with )?(?:(?:a )?radius (?:of )?)?(?<pixels>${NUMBER})${PIXELS}?)?`,
    ),
    read: ({ before, after, pixels }) => {
      if (pixels !== undefined) assertBetween('A blur in pixels', Number(pixels), [0.3, 100])
      return {
        kind: 'blur',
        sigma: pixels === undefined ? 'auto' : Number(pixels),
        strength: strengthOf(before ?? after),
      }
    },
  },
  {
    usage: 'sharpen (slightly, much)',
    pattern: clause(
      `(?:(?:make|turn) ${IT} )?(?:(?<before>${AMOUNT}) )?(?:sharpen|sharper|crisper)(?: ${IT})?(?: (?<after>${AMOUNT}))?`,
    ),
    read: ({ before, after }) => ({ kind: 'sharpen', strength: strengthOf(before ?? after) }),
  },
  {
    usage: 'rotate 90 degrees, rotate left or right',
    pattern: clause(
      `(?:rotate|turn)(?: ${IT})? (?:(?<side>left|right)|(?:by )?(?<degrees>-?${NUMBER}) ?(?:degrees?|deg|°)?(?: (?:to the )?(?<way>clockwise|counter-?clockwise|anti-?clockwise|cw|ccw|left|right))?)` +
        `|(?:flip|turn|rotate)(?: ${IT})? (?<over>upside down)`,
    ),
    read: ({ side, degrees, way, over }) => {
      if (over !== undefined) return { kind: 'rotate', degrees: 180 }
      const isBack = /left|counter|anti|ccw/.test(way ?? side ?? '')
      const turn = Number(degrees ?? 90) * (isBack ? -1 : 1)
      return { kind: 'rotate', degrees: ((turn % 360) + 360) % 360 }
    },
  },
  {
    usage: 'flip horizontally or vertically, mirror',
    pattern: clause(
      `(?:flip|mirror)(?: ${IT})? (?<axis>horizontally|vertically|left to right|top to bottom)|mirror(?: ${IT})?`,
    ),
    read: ({ axis }) => ({
      kind: 'flip',
      axis: /^(?:vert|top)/.test(axis ?? '') ? 'vertical' : 'horizontal',
    }),
  },
  {
    usage: 'crop to square, to 16:9, to a circle or to 800x600',
    pattern: clause(
      `(?:center |centre )?crop(?: ${IT})?(?: down)? (?:in)?to (?:a |an )?(?:(?<square>square)|(?<circle>circle)|(?<across>${NUMBER}) ?: ?(?<down>${NUMBER})|${SIZE})`,
    ),
    read: readCrop,
  },
  {
    usage: 'resize to 800x600, to 800 px wide or to 50%',
    pattern: clause(
      `(?:resize|scale)(?: ${IT})?(?: up| down)?(?: to)? (?:${SIZE}|(?<length>\\d+)${PIXELS}? (?<side>wide|high|tall)|(?<percent>${NUMBER}) ?(?:%|percent))`,
    ),
    read: readResize,
  },
  {
    usage: 'round corners (by 24 px or 10%)',
    pattern: clause(
      `(?:add )?round(?:ed)?(?: off)?(?: the| its)? corners(?: (?:by |of |with )?(?<radius>${NUMBER}) ?(?<unit>px|pixels?|%|percent)?)?`,
    ),
    read: ({ radius, unit }) => {
      if (radius === undefined) return { kind: 'roundCorners', radius: { share: 0.08 } }
      const isShare = unit === '%' || unit === 'percent'
      assertBetween('A corner radius', Number(radius), isShare ? [1, 50] : [1, 2048])
      return {
        kind: 'roundCorners',
        radius: isShare ? { share: Number(radius) / 100 } : { pixels: Number(radius) },
      }
    },
  },
  {
    usage: 'add a 10 px white border',
    pattern: clause(
      `add (?:a |an )?(?:(?<before>\\d+) ?(?:px|pixels?)? )?(?:(?<color>#[0-9a-f]{3,6}|[a-z]+(?: [a-z]+)?) )?(?:border|frame)(?: of (?<after>\\d+) ?(?:px|pixels?))?(?: in (?<second>#[0-9a-f]{3,6}|[a-z]+(?: [a-z]+)?))?`,
    ),
    read: ({ before, after, color, second }) => {
      const thickness = before ?? after
      if (thickness !== undefined) assertBetween('A border in pixels', Number(thickness), [1, 512])
      const rgb = rgbOf(color ?? second ?? 'white')
      return rgb === null
        ? null
        : {
            kind: 'border',
            thickness: thickness === undefined ? 'auto' : Number(thickness),
            color: rgb,
          }
    },
  },
  {
    usage: 'pixelate (by 12 px)',
    pattern: clause(
      `(?:(?:make|turn) ${IT} )?pixelated?(?: ${IT})?(?: (?:by |with )?(?<block>\\d+)${PIXELS}?(?: blocks)?)?`,
    ),
    read: ({ block }) => {
      if (block !== undefined) assertBetween('A block in pixels', Number(block), [2, 512])
      return { kind: 'pixelate', block: block === undefined ? 'auto' : Number(block) }
    },
  },
  ...COMPOSITION_OPERATIONS,
]

type Groups = Parameters<Operation['read']>[0]

function readCrop({ square, circle, across, down, width, height }: Groups): Step {
  if (square !== undefined || circle !== undefined)
    return { kind: 'cropRatio', ratio: 1, isCircle: circle !== undefined }
  if (across !== undefined && down !== undefined) {
    const ratio = Number(across) / Number(down)
    assertBetween('An aspect ratio', ratio, [0.05, 20])
    return { kind: 'cropRatio', ratio, isCircle: false }
  }
  return { kind: 'cropSize', size: readSize(width, height) }
}

function readResize({ width, height, length, side, percent }: Groups): Step {
  if (percent !== undefined) {
    assertBetween('A size in percent', Number(percent), [1, 800])
    return { kind: 'scale', factor: Number(percent) / 100 }
  }
  if (length !== undefined) {
    assertBetween('A side in pixels', Number(length), LONGEST_SIDE)
    return {
      kind: 'resizeSide',
      side: side === 'wide' ? 'width' : 'height',
      length: Number(length),
    }
  }
  return { kind: 'resize', size: readSize(width, height) }
}

function readSize(width = '', height = ''): { width: number; height: number } {
  for (const side of [width, height]) assertBetween('A side in pixels', Number(side), LONGEST_SIDE)
  return { width: Number(width), height: Number(height) }
}
