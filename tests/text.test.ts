import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearestModel } from '../src/pricing/nearest-model.ts'
import { nearestName } from '../src/nearest.ts'
import { asSentence, truncate, wellFormed } from '../src/text.ts'

test('a text is cut between two characters, and never longer than asked', () => {
  expect(truncate('short', 5)).toBe('short')
  expect(truncate('longer', 5)).toBe('long…')
  expect(truncate('👩👩👩', 3)).toBe('👩👩👩')
  expect(truncate('👩👩👩👩', 3)).toBe('👩👩…')
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.integer({ min: 1, max: 20 }),
      (text, max) => {
        const cut = truncate(text, max)
        expect(cut.isWellFormed()).toBe(true)
        expect(Array.from(cut).length).toBeLessThanOrEqual(max)
        expect(Array.from(text).length <= max).toBe(cut === text)
      },
    ),
  )
})

test.each([
  ['invoice 7 is unpaid', 'invoice 7 is unpaid.'],
  ['Why? ', 'Why? '],
  ['Done. ', 'Done. '],
  ['未払い。', '未払い。'],
  ['trailing space ', 'trailing space.'],
])('the text of somebody else, %j, ends as a sentence', (text, sentence) => {
  expect(asSentence(text)).toBe(sentence)
})

test('half a character becomes the sign for one, wherever it stands', () => {
  const value = { a: 'x\ud83d', list: ['\ude00', { b: 1, c: null, d: 'é👩' }] }
  expect(wellFormed(value)).toEqual({ a: 'x\ufffd', list: ['\ufffd', { b: 1, c: null, d: 'é👩' }] })
})

test.each([
  ['image_size', 'imageSize'],
  ['Outputformat', 'outputFormat'],
  ['promt', 'prompt'],
  ['sed', 'seed'],
  ['colour', undefined],
  ['', undefined],
  ['p', undefined],
])('%j was probably meant to be %j', (word, meant) => {
  expect(nearestName(word, ['prompt', 'imageSize', 'seed', 'outputFormat'])).toBe(meant)
})

const IDS = ['fal-ai/flux/schnell', 'fal-ai/flux-2-flex', 'fal-ai/nano-banana-2']

test.each([
  ['flux/schnell', 'fal-ai/flux/schnell'],
  ['Flux Schnell', 'fal-ai/flux/schnell'],
  ['fal-ai/flux/schnel', 'fal-ai/flux/schnell'],
  ['nano-banana-2', 'fal-ai/nano-banana-2'],
  ['fal-ai/flux/schnell', undefined],
  ['fal-ai/flux/dev', undefined],
  ['dall-e-3', undefined],
  ['2', undefined],
])('the model %j was probably meant to be %j', (id, meant) => {
  expect(nearestModel(id, IDS)).toBe(meant)
})
