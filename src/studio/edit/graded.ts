import { brightness, contrast, saturation, temperature, type Step } from './steps.ts'
import { AMOUNT, assertBetween, IT, strengthOf, type Operation } from './patterns.ts'

type Graded = {
  usage: string
  /** Both directions, as sources of regular expressions. */
  more: string
  less: string
  /** Change of an unqualified wish; "slightly" halves it and "much" more than doubles it. */
  normal: number
  step: (change: number) => Step
}

const MORE = '(?:more|higher|increase(?: the)?|raise(?: the)?|boost(?: the)?|add(?: some| more)?)'
const LESS = '(?:less|lower|decrease(?: the)?|reduce(?: the)?|lower(?: the)?)'

const GRADED: readonly Graded[] = [
  {
    usage: 'brighter or darker (slightly, much, by 20%)',
    more: `brighter|lighter|brighten|lighten|${MORE} brightness`,
    less: `darker|dimmer|darken|dim|${LESS} brightness`,
    normal: 0.25,
    step: (change) => ({ kind: 'colorMatrix', change: brightness(1 + change) }),
  },
  {
    usage: 'more or less contrast',
    more: `${MORE} contrast`,
    less: `${LESS} contrast`,
    normal: 0.3,
    step: (change) => ({ kind: 'colorMatrix', change: contrast(1 + change) }),
  },
  {
    usage: 'saturate or desaturate',
    more: `saturate|(?:more )?(?:saturated|colou?rful|vivid|vibrant)|${MORE} saturation`,
    less: `desaturate|muted|less (?:saturated|colou?rful|vivid|vibrant)|${LESS} saturation`,
    normal: 0.4,
    step: (change) => ({ kind: 'colorMatrix', change: saturation(1 + change) }),
  },
  {
    usage: 'warmer or cooler',
    more: 'warmer|warm|warm up|more warmth',
    less: 'cooler|colder|cool|cool down|less warmth',
    normal: 0.12,
    step: (change) => ({ kind: 'colorMatrix', change: temperature(change) }),
  },
]

/** Operations with two directions and an amount. */
export const GRADED_OPERATIONS: readonly Operation[] = GRADED.map((graded) => ({
  usage: graded.usage,
  pattern: new RegExp(
    `^(?:(?:make|turn) ${IT} )?(?:(?<before>${AMOUNT}) )?(?:(?<lead>\\d+(?:\\.\\d+)?) ?(?:%|percent) )?` +
      `(?:(?<more>${graded.more})|(?<less>${graded.less}))(?: ${IT})?` +
      `(?: (?<after>${AMOUNT}))?(?: (?:by )?(?<percent>\\d+(?:\\.\\d+)?) ?(?:%|percent))?$`,
  ),
  read: ({ before, lead, more, after, percent }) => {
    const number = lead ?? percent
    if (number !== undefined)
      assertBetween('A percentage', Number(number), more === undefined ? [1, 100] : [1, 300])
    const size =
      number === undefined ? graded.normal * strengthOf(before ?? after) : Number(number) / 100
    return graded.step(more === undefined ? -Math.min(1, size) : size)
  },
}))
