import { colorsNamed, formatHex } from './culori.ts'
import { fromHex, type Color } from './color.ts'

/** What designers call colours that CSS has no name for. */
const DESIGNER = `
amber ffbf00 amethyst 9966cc apricot fbceb1 aubergine 472c4c blush f4c2c2 bronze cd7f32 burgundy 800020
burntorange cc5500 camel c19a6b caramel c68e4e celadon ace1af cerulean 2a80b9 champagne f7e7ce
charcoal 36454f cherry c8102e cinnamon b5651d clay b66a50 cobalt 0047ab copper b87333 cream fff6e0
denim 1f5f9f ecru e8dcc0 eggplant 472c4c eggshell f0ead6 electricblue 2f6bff emerald 1fa971
fawn e5aa70 flamingo fc8eac fuschia ff00ff graphite 3b3f46 hunter 355e3b icyblue d0ecf7 jade 00a86b
jet 2b2b2d lemon fff44f lilac c8a2c8 mahogany 6b2b1f mauve b784a7 mint 98e2c6 mocha 7b5b4c
mulberry 8c3b68 mustard e1ad01 navyblue 000080 ochre cc7722 offwhite faf8f2 onyx 2b2d2f oxblood 5a0f14
peach ffcba4 periwinkle a5b0f0 petrol 0f4c5c pistachio b5d69a porcelain f3f1ec prussianblue 0b3558
raspberry d02060 rose f06a8f rosegold d9a19a ruby c2185b rust b7410e saffron f4c430 sage a8b89a
sand dcc9a3 sapphire 0f52ba scarlet e32400 sepia 704214 slate 64748b stone b9b0a2 taupe 8b7d70
terracotta c8654a topaz ffc87c ultramarine 3a30c0 umber 635147 vermilion e34234 walnut 5c4033
wine 722f37`

const DESIGNERS_NAMES: ReadonlyMap<string, string> = new Map(
  [...DESIGNER.matchAll(/([a-z]+) ([0-9a-f]{6})/g)].map(([, name = '', hex = '']) => [
    name,
    `#${hex}`,
  ]),
)

/** A name of CSS that means the weather here. */
const WEATHER = 'snow'

/**
 * The `#rrggbb` of a colour in hex notation or by its name in CSS or among designers, spaces left out
 * ("sky blue"); null where the text is none of these.
 */
export function colorHex(text: string): string | null {
  const plain = text.toLowerCase().replaceAll(/[\s-]/g, '')
  const isHex = /^#(?:[0-9a-f]{3}){1,2}$/.test(plain)
  const isCss = Object.hasOwn(colorsNamed, plain) && plain !== WEATHER
  return isHex || isCss ? (formatHex(plain) ?? null) : (DESIGNERS_NAMES.get(plain) ?? null)
}

/** Words whose CSS value is a primary of the screen or a surprise, and the tone a designer would take. */
const DRAFT_TONES: ReadonlyMap<string, string> = new Map([
  ['red', '#dc2f3a'],
  ['green', '#1f9d55'],
  ['blue', '#2563eb'],
  ['yellow', '#fbcb2d'],
  ['orange', '#f9842c'],
  ['purple', '#7c3aed'],
  ['violet', '#8b5cf6'],
  ['pink', '#f580b3'],
  ['cyan', '#12b5d6'],
  ['magenta', '#d6409f'],
  ['lime', '#9bd82f'],
  ['brown', '#8a5434'],
  // In CSS it is lighter than gray.
  ['dark gray', '#4a4f57'],
  ['dark grey', '#4a4f57'],
])

/** The tone a draft takes for a plain colour word; null for every other name. */
export function draftTone(name: string): Color | null {
  const hex = DRAFT_TONES.get(name)
  return hex === undefined ? null : fromHex(hex)
}
