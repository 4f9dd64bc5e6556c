import { expect, test } from 'vitest'
import { loadIcons } from '../../src/studio/draft/icons.ts'
import { planDraft } from '../../src/studio/draft/plan.ts'

const icons = await loadIcons()

test.each([
  ['a photo of a cat on a sofa', ['photo']],
  ['realistic portrait of a woman', ['realistic', 'portrait']],
  ['oil painting of mountains, van gogh', ['oil', 'painting', 'gogh']],
  ['icon of a blue bell with a red dot', ['red for a thing that is not drawn']],
  ['avatar of a woman with a cat', ['cat']],
  ['low poly mountains, transparent background', ['transparent background']],
  ['rocket icon, not transparent', []],
  ['teal gradient without red', ['"no red"']],
  ['xyzzy plugh gradient', ['2 words it does not know']],
])('%s: what a draft cannot show is said', (prompt, missing) => {
  expect(planDraft({ prompt }, icons).notHonoured).toEqual(expect.arrayContaining(missing))
})

test.each([
  ['sky blue waves', ['sky blue', 'waves']],
  ['dark teal mountains at sunset', ['dark teal', 'mountains', 'sunset']],
  ['warm sunset mesh gradient', ['warm', 'sunset', 'mesh gradient']],
  ['calm teal to navy gradient background', ['calm', 'teal', 'navy', 'gradient']],
  ['#0f8 gradient', ['#0f8']],
  ['a cat, a dog and a rabbit', ['cat', 'dog', 'rabbit']],
  ['app icon of a rocket', ['icon', 'rocket']],
  ['halloween pumpkin app icon', ['icon', 'halloween pumpkin']],
  ['green hills under a blue sky with clouds', ['green', 'blue', 'hills', 'sky', 'clouds']],
  ['winter mountains with snow', ['winter', 'mountains', 'snow']],
  ['low poly mountains at sunset', ['low poly', 'mountains', 'sunset']],
  ['teal gradient with the text "Hello"', ['text', 'teal']],
  ['city skyline at night', ['skyline', 'city', 'night']],
  ['a red fox', ['fox', 'red']],
  ['note taking app icon', ['note taking', 'icon']],
  ['monogram logo AB, black and gold', ['monogram', 'logo', 'initials', 'black', 'gold']],
  ['banner, yellow text on black "Hello"', ['text', 'yellow', 'black']],
])('%s: what shows is said', (prompt, shown) => {
  const plan = planDraft({ prompt }, icons)
  expect(plan.honoured).toEqual(expect.arrayContaining(shown))
  expect(plan.notHonoured).toEqual([])
})

test('a pattern that does not tile is not said to be seamless', () => {
  expect(planDraft({ prompt: 'seamless hexagon pattern' }).notHonoured).toContain('seamless')
})

test.each([
  'no background',
  'without a background',
  'transparent',
  'on transparent background',
  'png with transparency',
  'alpha',
  'alpha channel',
  'cut out',
  'cutout',
  'die-cut',
  'isolated',
  'background: none',
  'backgroundless',
  'see-through background',
  'remove the background',
  'no bg',
  'ohne Hintergrund',
  'sans fond',
  'fondo transparente',
  'без фона',
  '透明背景',
  '背景なし',
  'بدون خلفية',
])('"%s" asks for a clear background', (wording) => {
  const plan = planDraft({ prompt: `rocket icon, ${wording}` }, icons)
  expect(plan.honoured).toContain('transparent background')
  expect(plan.notHonoured).toEqual([])
})

test.each(['not transparent', 'isolated on white', 'paper cut-out style', 'an alpha release'])(
  '"%s" does not',
  (wording) => {
    expect(planDraft({ prompt: `rocket icon, ${wording}` }, icons).isTransparent).toBe(false)
  },
)

test.each([
  ['hero background', [/^mesh gradient$|^gradient$/, /^colours #/]],
  ['geometric pattern in teal and navy', [/^motif: /]],
  ['icon for Quibblr', [/^monogram$/, /^letters of the monogram$/]],
  ['app icon', [/^a neutral sign$/]],
  ['an unheard-of contraption', [/^placeholder$/, /^a label/]],
])('%s: what was chosen is said, and is not in honoured', (prompt, choices) => {
  const { chosen, honoured } = planDraft({ prompt }, icons)
  for (const choice of choices) expect(chosen).toContainEqual(expect.stringMatching(choice))
  expect(honoured.filter((word) => chosen.includes(word))).toEqual([])
})
