import { expect, test } from 'vitest'
import { parseEdit } from '../../src/studio/edit/grammar.ts'

const REFUSED = [
  '',
  'make the sky purple',
  'make the car black and white',
  'add a black and white border',
  'black and blue',
  'do not make it darker',
  'tint the car red',
  'remove the text "foo"',
  'grayscale except the red car',
  'grayscale, then add a hat',
  'make her smile',
  'remove the person on the left',
  'crop to the face',
  'make it look like a painting',
  'replace the dog with a cat',
  'sharpen the eyes',
  'brighter but not too much',
  'rotate the car 90 degrees',
  'add a border of flowers',
  'resize to 99999x10',
  'resize to 0x10',
  'blur by 500 px',
  'blur by 0 px',
  'brighten by 900%',
  'pixelate the license plate',
  'never flip horizontally',
  'make the background a forest',
  'replace the background with a beach at night time',
  'add the text Hello',
  'add the text "Hello" behind the mountain',
  'add the text "Hello" in mumblecolor',
  'add the text ""',
  'crop 95% off the top',
  'crop 10% off the dog',
  'opacity 0%',
  'posterize to 1 levels',
  'shift the hue of the car by 40 degrees',
  'enhance her face',
  'pad to square with flowers',
  'threshold at 100%',
  'trim the hedge',
]

test.each(REFUSED)('"%s" is refused as a whole', (instruction) => {
  expect(() => parseEdit(instruction)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
})

test('a refusal names the clause and what works', () => {
  expect(() => parseEdit('grayscale, then make the sky purple')).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('"make the sky purple"'),
      hint: expect.stringContaining('crop to square'),
    }),
  )
})

test.each(['👩', '\ud83d', '\u202e', 'é'])(
  'a refusal names a clause of %j without cutting a character in two',
  (character) => {
    const message = expect.stringMatching(/^"z(?:(?:👩|é){58,60}…)?" is no edit/u)
    expect(() => parseEdit(`z${character.repeat(100)}`)).toThrow(
      expect.objectContaining({ message }),
    )
  },
)

test('a refusal quotes what was written, not what was made of it', () => {
  expect(() => parseEdit('Make the car BLACK and white')).toThrow('"Make the car BLACK and white"')
  expect(() => parseEdit('write "Hello, you" on the hat')).toThrow('"write Hello, you on the hat"')
})

test('a rotation is taken modulo 360 degrees', () => {
  expect(parseEdit('rotate 400000 degrees')).toEqual([{ kind: 'rotate', degrees: 40 }])
  expect(parseEdit('rotate left')).toEqual([{ kind: 'rotate', degrees: 270 }])
})
