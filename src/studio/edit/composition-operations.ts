import { hueTurn, type Step } from './steps.ts'
import { assertBetween, clause, COLOR, IT, NUMBER, rgbOf, type Operation } from './patterns.ts'

const PERCENT = '(?:%| percent)'
const SIDES = 'top|bottom|left|right|sides|all sides|every side|edges|borders'
const PLACES =
  '(?:top|bottom|cent(?:er|re)|middle)(?: (?:left|right|cent(?:er|re)|middle))?(?: corner)?|left|right'

/** Edits beyond light, colour and size. */
export const COMPOSITION_OPERATIONS: readonly Operation[] = [
  {
    usage: 'shift the hue by 40 degrees',
    pattern: clause(
      `(?:shift|rotate|turn|change)(?: the)? hue (?:by )?(?<degrees>-?${NUMBER}) ?(?:degrees?|deg|°)?`,
    ),
    read: ({ degrees }) => ({ kind: 'colorMatrix', change: hueTurn(Number(degrees) % 360) }),
  },
  {
    usage: 'auto enhance',
    pattern: clause(
      `(?:auto[ -]?)?enhance(?: ${IT})?|auto[ -]?(?:levels|contrast|fix)|improve ${IT}`,
    ),
    read: () => ({ kind: 'enhance' }),
  },
  {
    usage: 'posterize to 4 levels',
    pattern: clause(
      `posteri[sz]e(?: ${IT})?(?: (?:to|with) (?<levels>\\d+)(?: (?:levels|steps|tones))?)?`,
    ),
    read: ({ levels = '4' }) => {
      assertBetween('A number of levels', Number(levels), [2, 64])
      return { kind: 'posterize', levels: Number(levels) }
    },
  },
  {
    usage: 'threshold at 50%',
    pattern: clause(
      `(?:apply (?:a )?)?threshold(?: ${IT})?(?: (?:at |of )?(?<percent>${NUMBER}) ?${PERCENT})?`,
    ),
    read: ({ percent = '50' }) => {
      assertBetween('A threshold in percent', Number(percent), [1, 99])
      return { kind: 'threshold', share: Number(percent) / 100 }
    },
  },
  {
    usage: 'opacity 50%',
    pattern: clause(
      `(?:set )?(?:the )?opacity (?:to |of )?(?<percent>${NUMBER}) ?${PERCENT}|(?:make ${IT} )?(?<amount>${NUMBER}) ?${PERCENT} (?<kind>transparent|opaque)`,
    ),
    read: ({ percent, amount, kind }) => {
      const share = Number(percent ?? amount)
      assertBetween('An opacity in percent', share, [1, 99])
      return { kind: 'opacity', share: (kind === 'transparent' ? 100 - share : share) / 100 }
    },
  },
  {
    usage: 'add a vignette',
    pattern: clause(
      '(?:add|apply) (?:a )?(?:(?<amount>slight|subtle|soft|strong) )?(?:dark )?vignette',
    ),
    read: ({ amount = '' }) => ({
      kind: 'vignette',
      strength: amount === '' ? 0.55 : amount === 'strong' ? 0.8 : 0.3,
    }),
  },
  {
    usage: 'crop 10% off the top, bottom, left, right or all sides',
    pattern: clause(
      `(?:crop|cut|trim) (?<amount>${NUMBER}) ?(?<unit>%|percent|px|pixels?) (?:off|from)(?: of)?(?: the)? (?<side>${SIDES})`,
    ),
    read: ({ amount = '', unit = '', side = '' }) => {
      const isShare = unit === '%' || unit === 'percent'
      assertBetween('A crop', Number(amount), isShare ? [1, 90] : [1, 4096])
      return {
        kind: 'cropSides',
        amount: isShare ? { share: Number(amount) / 100 } : { pixels: Number(amount) },
        sides: sidesOf(side),
      }
    },
  },
  {
    usage: 'trim the plain edges',
    pattern: clause(
      `trim(?: ${IT})?|trim(?: the| its)?(?: plain| empty| white| transparent)? (?:edges|borders?|margins?|whitespace)`,
    ),
    read: () => ({ kind: 'trim' }),
  },
  {
    usage: 'pad to square or to 16:9 with white',
    pattern: clause(
      `pad(?: ${IT})? (?:in)?to (?:a )?(?:(?<square>square)|(?<across>${NUMBER}) ?: ?(?<down>${NUMBER}))(?: (?:with|in|on) ${COLOR})?`,
    ),
    read: ({ square, across, down, color }) => {
      const ratio = square === undefined ? Number(across) / Number(down) : 1
      assertBetween('An aspect ratio', ratio, [0.05, 20])
      const rgb = color === undefined || color === 'transparency' ? 'clear' : rgbOf(color)
      return rgb === null ? null : { kind: 'pad', ratio, color: rgb }
    },
  },
  {
    usage:
      'remove the background, make the background white, blur the background (people and plain backdrops)',
    pattern: clause(
      `(?<clear>remove|cut out|erase|delete)(?: the)? background|(?:make|turn|paint)(?: the)? background (?<paint>#[0-9a-f]{3,6}|[a-z]+(?: [a-z]+)?)` +
        `|(?:replace|fill)(?: the)? background with ${COLOR}|(?<blur>blur)(?: the)? background`,
    ),
    read: ({ clear, paint, color, blur }) => {
      if (blur !== undefined) return { kind: 'background', change: 'blur' }
      if (clear !== undefined || paint === 'transparent')
        return { kind: 'background', change: 'clear' }
      const rgb = rgbOf(paint ?? color)
      return rgb === null ? null : { kind: 'background', change: rgb }
    },
  },
  {
    usage: 'add the text "Hello" at the bottom in white',
    pattern: clause(
      `(?:add|write|put)(?: the| a)?(?: (?:text|words?|caption|title|headline|label))? "(?<quoted>\\d+)"` +
        `(?: (?:in |at |on |to )?(?:the )?(?<place>${PLACES}))?(?: in ${COLOR})?(?: (?:at|on|to) (?:the )?(?<late>${PLACES}))?`,
    ),
    read: ({ quoted = '', place, late, color }, quotedTexts) => {
      const text = quotedTexts[Number(quoted)] ?? ''
      const rgb = color === undefined ? 'auto' : rgbOf(color)
      return rgb === null || text === ''
        ? null
        : { kind: 'text', text, place: placeOf(place ?? late ?? 'bottom'), color: rgb }
    },
  },
]

function sidesOf(side: string): Extract<Step, { kind: 'cropSides' }>['sides'] {
  if (side === 'sides') return ['left', 'right']
  if (side === 'top' || side === 'bottom' || side === 'left' || side === 'right') return [side]
  return ['top', 'bottom', 'left', 'right']
}

function placeOf(words: string): Extract<Step, { kind: 'text' }>['place'] {
  const down = words.startsWith('top') ? 'top' : words.startsWith('bottom') ? 'bottom' : 'middle'
  const across = /left/.test(words) ? 'left' : /right/.test(words) ? 'right' : 'centre'
  return { down, across }
}
