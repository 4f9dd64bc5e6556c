import { chromaOf, fromHex, shift, type Color } from '../core/color.ts'
import { pick, type Random } from '../core/random.ts'

type Mood = { palettes: readonly string[]; words: string; dark?: boolean }

/**
 * Palettes run from dark to light, as a sky does from its top to the horizon. A mood wins over those
 * below it: scenes stand before qualities, so that a "warm sunset" is a sunset.
 */
const MOODS: readonly Mood[] = [
  {
    words: 'night midnight starry galaxy space cosmic nebula',
    palettes: ['070b24 151a4e 3a2a7c 7a4bb5 c9a5f0', '060d22 0f2350 23487f 5d84c4 cfe0ff'],
    dark: true,
  },
  {
    words: 'sunset dusk evening',
    palettes: ['2a1052 7b2a86 e0507e ff8a5c ffc76f', '1f1147 6a1b7a d1446f f97d4f fdd07a'],
  },
  {
    words: 'sunrise dawn morning',
    palettes: ['3b3a78 8a6fb0 f3a0a8 ffc9a0 fff0cf', '4a5b9a b08fc7 f7b1a7 ffd8a8 fff4dc'],
  },
  {
    words: 'ocean sea marine underwater tropical water lake seaside',
    palettes: ['06283d 0b5373 1386a0 4cc3c1 c8f1e4', '081f4a 0d4f8b 1c8fc0 66cfe0 def7f4'],
  },
  {
    words: 'forest nature natural green jungle woodland',
    palettes: ['10261d 1f4d36 3f7d53 86b074 dfe8b8'],
  },
  { words: 'autumn fall harvest', palettes: ['3f1d1a 8c3a1e d0682a eba53f f6dfa6'] },
  { words: 'spring fresh blossom', palettes: ['3f7f6f 8fc9a0 f2b6c9 fbd9dd fdf6e3'] },
  { words: 'summer', palettes: ['0f6fb0 26b3c9 ffd25a ff9a5a fff2cc'] },
  {
    words: 'winter ice icy frozen arctic frost snow snowy',
    palettes: ['1c3557 4477a6 8db9db c8e3f1 f6fbff'],
  },
  {
    words: 'neon cyberpunk synthwave vaporwave retrowave futuristic',
    palettes: ['0d0630 3b0f8f b014d6 ff2fa0 24e5ff'],
    dark: true,
  },
  { words: 'retro vintage seventies nostalgic', palettes: ['2b3a42 3f7d7a e7b65c e0763f f5e7cb'] },
  { words: 'earthy earth desert rustic boho', palettes: ['4a2c20 8c5a3c c08a5c dcb78c f2e3cb'] },
  {
    words: 'luxury luxurious elegant premium royal',
    palettes: ['0f0d14 2a2033 6b4a35 b98d4f f0dba8'],
    dark: true,
  },
  {
    words: 'corporate business professional tech technology modern saas startup',
    palettes: ['0b1f4d 1f47b8 4a7df0 7cc0f7 eaf4ff', '161a4a 4338ca 7c6cf5 b7a8fb f1eeff'],
  },
  { words: 'romantic love wedding feminine', palettes: ['6b1f45 b8456f ea8fa5 f6c6c4 fdeee8'] },
  { words: 'aurora northern', palettes: ['071530 0c3a56 12876f 4fd69a b58cf0'], dark: true },
  {
    words: 'warm cozy cosy hot',
    palettes: ['5c1a33 b93a3c ee6f45 f9a95b ffe0a6', '6b1f2e c8503a f08a4b f7bf6e fdeac2'],
  },
  { words: 'cool cold', palettes: ['0d2a4f 1f5f8f 3fa0b8 8fd0d6 e0f5f3'] },
  {
    words: 'dark moody dramatic mysterious',
    palettes: ['0b0d17 1b2036 3a3560 77508a d08aa0', '0a1014 13252e 1d4a55 3c8487 a8d5c5'],
    dark: true,
  },
  {
    words: 'calm calming soothing serene zen peaceful tranquil relaxing gentle quiet',
    palettes: ['2c4a63 5b86a0 9dbfc6 d3e2dc f7f3ea', '3b4f6b 7895b2 aebdca e8dfca f5efe6'],
  },
  {
    words: 'pastel soft dreamy',
    palettes: ['b9c6f5 d6c3f2 f7c8de fddcc6 fdf3cf', 'a9d8e8 c7cdf3 efc4e4 ffd9cf fff3d6'],
  },
  {
    words: 'vivid vibrant colorful colourful bold rainbow joyful happy fun playful',
    palettes: ['3a1fc9 b51fd0 ff3d81 ff8a1f ffd62e', '1238d8 0ba3e0 17c98a ffcf2b ff4f6d'],
  },
  {
    words: 'minimal minimalist minimalistic clean neutral',
    palettes: ['6f7a85 a9b1b8 d5d6d3 eae7e1 faf8f4'],
  },
  { words: 'bright light airy sunny', palettes: ['4fa3e8 8fd3f4 ffe08a ffc3a0 fffaf0'] },
]

const ANY_MOOD: readonly string[] = [
  '1b1464 4834c8 8f5cf0 f08fc0 ffd9b8',
  '0b2b40 14697a 3fb59b b8dc8c fdf4cf',
  '2a1052 7b2a86 e0507e ff8a5c ffc76f',
  '10264f 2f62c9 62a8f2 b9dcf5 fbeee0',
  '33203f 7f4a72 d9838c f4bf9d fbeed6',
  '12303a 2a7a73 e2b96a ea7f55 f7ead3',
]

const MOOD_OF_WORD: ReadonlyMap<string, Mood> = new Map(
  MOODS.flatMap((mood) => mood.words.split(' ').map((word) => [word, mood] as const)),
)

/** Whether a word sets a mood, and whether that mood is a dark one; null for any other word. */
export function moodOf(word: string): { isDark: boolean } | null {
  const mood = MOOD_OF_WORD.get(word)
  return mood === undefined ? null : { isDark: mood.dark ?? false }
}

/** The word whose mood sets the palette; null where no word sets one. */
export function leadingMood(words: readonly string[]): string | null {
  const mood = MOODS.find((candidate) => words.some((word) => MOOD_OF_WORD.get(word) === candidate))
  return words.find((word) => mood !== undefined && MOOD_OF_WORD.get(word) === mood) ?? null
}

/** Whether two words set the same mood. */
export function isSameMood(one: string, other: string | null): boolean {
  return other !== null && MOOD_OF_WORD.get(one) === MOOD_OF_WORD.get(other)
}

/** The colours of a mood word, dark to light; one of six palettes where there is none. */
export function moodPalette(word: string | null, random: Random): Color[] {
  const mood = MOOD_OF_WORD.get(word ?? '')
  return pick(random, mood?.palettes ?? ANY_MOOD)
    .split(' ')
    .map(fromHex)
}

/**
 * Whether a word such as "warm" or "dark" is true of these colours, as measured. A quiet picture
 * (a plain gradient) is calm and minimal in any colour.
 */
export function suits(word: string, colors: readonly Color[], isQuiet: boolean): boolean {
  const mean = (value: (color: Color) => number) =>
    colors.reduce((sum, color) => sum + value(color), 0) / colors.length
  const isWarm = mean(({ a, b }) => a + b) > 0.03
  const isLight = mean(({ lightness }) => lightness) > 0.6
  switch (MOOD_OF_WORD.get(word)?.words.split(' ')[0] ?? '') {
    case 'warm':
      return isWarm
    case 'cool':
      return !isWarm
    case 'dark':
      return !isLight
    case 'bright':
      return isLight
    case 'calm':
    case 'minimal':
      return isQuiet || mean(chromaOf) < 0.09
    case 'pastel':
      return mean(chromaOf) < 0.09
    case 'vivid':
      return mean(chromaOf) > 0.12
    default:
      return false
  }
}

/** Five shades of one colour, dark to light, the colour itself in the middle. */
export function shadesOf(only: Color): Color[] {
  const deep = Math.min(0.26, Math.max(0.1, only.lightness - 0.22))
  const pale = Math.min(0.26, Math.max(0.1, 0.93 - only.lightness))
  const turn = chromaOf(only) < 0.03 ? 0 : deeperTurn(only)
  // A lighter yellow that turns on would be green.
  const lift = turn < 0 && hueOf(only) > 65 ? 0 : -turn
  return [
    shift(only, { lighter: -deep, chroma: 0.9, turn }),
    shift(only, { lighter: -deep / 2.4, turn: turn / 2 }),
    only,
    shift(only, { lighter: pale / 2, chroma: 0.8, turn: lift / 2 }),
    shift(only, { lighter: pale, chroma: 0.45, turn: lift }),
  ]
}

/** Degrees towards the hue that shadows of a colour take: yellow to orange, green to blue. */
function deeperTurn(color: Color): number {
  const hue = hueOf(color)
  return hue > 115 && hue < 300 ? 14 : -14
}

function hueOf({ a, b }: Color): number {
  return ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360
}
