import { expect, test } from 'vitest'
import { transliterated } from '../../src/studio/stand-in/transliterate.ts'

test.each([
  ['make the sky purple', 'make the sky purple'],
  ['Étends l’image – «à gauche»…', 'Étends l’image – «à gauche»…'],
  ['сделай небо, κάνε τον ουρανό', 'сделай небо, κάνε τον ουρανό'],
  ['add a 🎩 to the hat', 'add a [emoji] to the hat'],
  ['👩‍👩‍👧 👍🏽 🇩🇪 ❤️', '[emoji]'],
  ['把天空 变成紫色。 now', '把天空 变成紫色。 now'],
  ['空を紫色に', '空を紫色に'],
  ['하늘을 보라색으로', '하늘을 보라색으로'],
  ['اجعل السماء أرجوانية', 'اجعل السماء أرجوانية'],
  ['שמיים סגולים', '[Hebrew letters]'],
  ['आकाश को बैंगनी', '[Devanagari letters]'],
  ['ท้องฟ้าสีม่วง', '[Thai letters]'],
  ['ცა, then the sky', '[letters of another script], then the sky'],
  ['ﬁne ½ ① ṩ', 'ﬁne ½ ① s'],
  ['a\u0000b\u202ec\ud83d\n\t d', 'abc d'],
  ['', ''],
])('%j is transliterated %j', async (text, said) => {
  expect(await transliterated(text)).toBe(said)
})
