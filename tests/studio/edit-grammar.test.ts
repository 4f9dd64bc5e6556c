import { expect, test } from 'vitest'
import { parseEdit } from '../../src/studio/edit/grammar.ts'

const ACCEPTED: [string, string[]][] = [
  ['grayscale', ['tone']],
  ['make it black and white', ['tone']],
  ['convert the image to greyscale', ['tone']],
  ['convert to black and white', ['tone']],
  ['turn it into a black and white photo', ['tone']],
  ['Black & White', ['tone']],
  ['change this to b&w', ['tone']],
  ['make it black and white and blur it', ['tone', 'blur']],
  ['convert to sepia', ['tone']],
  ['Sepia', ['tone']],
  ['add a sepia tone', ['tone']],
  ['invert the colors', ['tone']],
  ['blur', ['blur']],
  ['blur it slightly', ['blur']],
  ['blur by 5 px', ['blur']],
  ['blur the image with radius 2.5', ['blur']],
  ['sharpen', ['sharpen']],
  ['make it much sharper', ['sharpen']],
  ['make it brighter', ['tone']],
  ['brighten by 20%', ['tone']],
  ['20% darker', ['tone']],
  ['make the picture slightly darker', ['tone']],
  ['increase the brightness by 15 percent', ['tone']],
  ['more contrast', ['tone']],
  ['reduce contrast a bit', ['tone']],
  ['saturate', ['tone']],
  ['desaturate by 50%', ['tone']],
  ['make it more vivid', ['tone']],
  ['make it warmer', ['tone']],
  ['cooler', ['tone']],
  ['tint teal', ['tone']],
  ['tint it with #ff8800', ['tone']],
  ['add a blue tint', ['tone']],
  ['rotate 90 degrees', ['rotate']],
  ['rotate 90 degrees counterclockwise', ['rotate']],
  ['rotate left', ['rotate']],
  ['turn it upside down', ['rotate']],
  ['flip horizontally', ['flip']],
  ['mirror', ['flip']],
  ['flip the image vertically', ['flip']],
  ['crop to square', ['cropRatio']],
  ['crop it to a 16:9', ['cropRatio']],
  ['crop to a circle', ['cropRatio']],
  ['crop to 20x10', ['cropSize']],
  ['resize to 800x600', ['resize']],
  ['resize to 800 by 600 pixels', ['resize']],
  ['resize to 320 px wide', ['resizeSide']],
  ['scale down to 50%', ['scale']],
  ['round the corners', ['roundCorners']],
  ['round corners by 24 px', ['roundCorners']],
  ['add a 10 px red border', ['border']],
  ['add a frame', ['border']],
  ['pixelate', ['pixelate']],
  ['pixelate it by 12 px', ['pixelate']],
  [
    'please make it grayscale, then blur slightly and rotate 90 degrees.',
    ['tone', 'blur', 'rotate'],
  ],
  [
    'crop to square; round the corners by 10%, add a 4px #000 border',
    ['cropRatio', 'roundCorners', 'border'],
  ],
  ['make it brighter and sharper!', ['tone', 'sharpen']],
  ['shift the hue by 40 degrees', ['tone']],
  ['auto enhance', ['enhance']],
  ['enhance the photo', ['enhance']],
  ['posterize to 6 levels', ['posterize']],
  ['threshold at 40%', ['threshold']],
  ['set the opacity to 60%', ['opacity']],
  ['make it 30% transparent', ['opacity']],
  ['add a subtle vignette', ['vignette']],
  ['crop 10% off the top', ['cropSides']],
  ['cut 12 px from all sides', ['cropSides']],
  ['trim the white borders', ['trim']],
  ['pad to square with white', ['pad']],
  ['pad it to 16:9', ['pad']],
  ['remove the background', ['background']],
  ['make the background light blue', ['background']],
  ['blur the background', ['background']],
  ['replace the background with #101820', ['background']],
  ['add the text "Sale, now and then!" at the bottom in white', ['text']],
  ['write "Hi" in the top left corner', ['text']],
  ['add a caption "One" in red at the top, then grayscale', ['text', 'tone']],
  ['put "Hello" in the center', ['text']],
]

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

test.each(ACCEPTED)('"%s" is understood', (instruction, kinds) => {
  expect(parseEdit(instruction).map(({ kind }) => kind)).toEqual(kinds)
})

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

test('a turn is taken modulo a full one', () => {
  expect(parseEdit('rotate 400000 degrees')).toEqual([{ kind: 'rotate', degrees: 40 }])
  expect(parseEdit('rotate left')).toEqual([{ kind: 'rotate', degrees: 270 }])
})
