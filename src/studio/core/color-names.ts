import { fromHex, type Color } from './color.ts'

/** The CSS colour names (both spellings of grey). */
const CSS = `
aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque ffe4c4
black 000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887
cadetblue 5f9ea0 chartreuse 7fff00 chocolate d2691e coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc
crimson dc143c cyan 00ffff darkblue 00008b darkcyan 008b8b darkgoldenrod b8860b darkgray a9a9a9
darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b darkmagenta 8b008b darkolivegreen 556b2f
darkorange ff8c00 darkorchid 9932cc darkred 8b0000 darksalmon e9967a darkseagreen 8fbc8f
darkslateblue 483d8b darkslategray 2f4f4f darkslategrey 2f4f4f darkturquoise 00ced1 darkviolet 9400d3
deeppink ff1493 deepskyblue 00bfff dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222
floralwhite fffaf0 forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700
goldenrod daa520 gray 808080 green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4
indianred cd5c5c indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa lavenderblush fff0f5
lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff
lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1
lightsalmon ffa07a lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899
lightslategrey 778899 lightsteelblue b0c4de lightyellow ffffe0 lime 00ff00 limegreen 32cd32 linen faf0e6
magenta ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd mediumorchid ba55d3
mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee mediumspringgreen 00fa9a
mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970 mintcream f5fffa mistyrose ffe4e1
moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6 olive 808000 olivedrab 6b8e23 orange ffa500
orangered ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98 paleturquoise afeeee
palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9 peru cd853f pink ffc0cb plum dda0dd
powderblue b0e0e6 purple 800080 rebeccapurple 663399 red ff0000 rosybrown bc8f8f royalblue 4169e1
saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell fff5ee sienna a0522d
silver c0c0c0 skyblue 87ceeb slateblue 6a5acd slategray 708090 slategrey 708090
springgreen 00ff7f steelblue 4682b4 tan d2b48c teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0
violet ee82ee wheat f5deb3 white ffffff whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32`

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

/** Colours by name, spaces left out: "skyblue". */
export const COLOR_NAMES: ReadonlyMap<string, string> = new Map(
  [...`${CSS} ${DESIGNER}`.matchAll(/([a-z]+) ([0-9a-f]{6})/g)].map(([, name = '', hex = '']) => [
    name,
    `#${hex}`,
  ]),
)

/** Reads a colour name or `#rgb`/`#rrggbb`; null where it is neither. */
export function parseColor(text: string): Color | null {
  const hex = colorHex(text)
  return hex === null ? null : fromHex(hex)
}

/** The `#rrggbb` of a colour name or hex notation; null where the text is neither. */
export function colorHex(text: string): string | null {
  const plain = text.toLowerCase().replaceAll(/[\s-]/g, '')
  if (/^#[0-9a-f]{6}$/.test(plain)) return plain
  if (/^#[0-9a-f]{3}$/.test(plain)) return plain.replaceAll(/[0-9a-f]/g, '$&$&')
  return COLOR_NAMES.get(plain) ?? null
}

/** Plain words whose CSS value is a primary of the screen, and the tone a designer would take. */
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
])

/** The tone a draft takes for a plain colour word; null for every other name. */
export function draftTone(name: string): Color | null {
  const hex = DRAFT_TONES.get(name)
  return hex === undefined ? null : fromHex(hex)
}
