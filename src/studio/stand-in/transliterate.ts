import { hasGlyphs } from '../core/render-text.ts'

/** Scripts that the fonts lack, as a caption names them. What none of them knows is of other scripts. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}/u, 'emoji'],
  [/[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u, 'Chinese or Japanese letters'],
  [/\p{scx=Hangul}/u, 'Korean letters'],
  [/\p{scx=Arabic}/u, 'Arabic letters'],
  [/\p{scx=Hebrew}/u, 'Hebrew letters'],
  [/\p{scx=Devanagari}/u, 'Devanagari letters'],
  [/\p{scx=Thai}/u, 'Thai letters'],
]
const OTHER = 'letters of another script'

/**
 * Returns a text in characters that the fonts have: accents it lacks are left out, and letters it lacks are named
 * in their place, as in "add [emoji] to the hat". White space becomes single spaces; controls go.
 */
export async function transliterated(text: string): Promise<string> {
  const parts: string[] = []
  let missing: string | null = null
  for (const character of text.normalize('NFC').replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '')) {
    const plain = (await hasGlyphs(character)) ? character : withoutMarks(character)
    if (plain !== '' && (await hasGlyphs(plain))) {
      parts.push(plain)
      // Spaces and punctuation between foreign words begin no new gap.
      if (plain !== ' ') missing = null
    } else if (!/\p{M}/u.test(character)) {
      const script = SCRIPTS.find(([pattern]) => pattern.test(character))?.[1] ?? OTHER
      if (script !== missing) parts.push(`[${script}]`)
      missing = script
    }
  }
  return parts.join('').replaceAll(/ {2,}/g, ' ').trim()
}

function withoutMarks(character: string): string {
  return character.normalize('NFKD').replaceAll(/\p{M}/gu, '')
}
