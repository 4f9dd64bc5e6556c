import { expect, test } from 'vitest'
import { loadIcons } from '../../src/studio/draft/icons.ts'
import { planDraft } from '../../src/studio/draft/plan.ts'

const icons = await loadIcons()

test.each([
  ['a photo of a cat on a sofa', ['photo']],
  ['realistic portrait of a woman', ['realistic', 'portrait']],
  ['oil painting of mountains, van gogh', ['oil', 'painting', 'gogh']],
  ['a red fox', ['red for a drawing that has colours of its own']],
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
])('%s: what shows is said', (prompt, shown) => {
  const plan = planDraft({ prompt }, icons)
  expect(plan.honoured).toEqual(expect.arrayContaining(shown))
  expect(plan.notHonoured).toEqual([])
})

test('a pattern that does not tile is not said to be seamless', () => {
  expect(planDraft({ prompt: 'seamless hexagon pattern' }).notHonoured).toContain('seamless')
})
