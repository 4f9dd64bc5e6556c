import { expect, test } from 'vitest'
import { decode, type Raster } from '../../src/studio/core/raster.ts'
import { applyStep } from '../../src/studio/edit/apply.ts'
import { parseEdit } from '../../src/studio/edit/grammar.ts'
import {
  blocks,
  brighter,
  contrast,
  cropped,
  cut,
  edges,
  enhanced,
  faded,
  framed,
  grey,
  hueTurned,
  inverted,
  mirrored,
  posterized,
  resized,
  rounded,
  saturated,
  sepia,
  tinted,
  turned,
  upended,
  vignetted,
  warmer,
  written,
  type Relation,
} from '../support/edit-relations.ts'
import { drawn, photo } from '../support/local.ts'
import { at, softPhoto } from '../support/measure.ts'

const PHOTO = await softPhoto((await photo('coffee')).bytes)
const CLEAR = [0, 0, 0, 0] as const
const WHITE = [255, 255, 255, 255] as const

/** An instruction for a photograph of 120 x 80, and what each of its steps does to the picture. */
const PHRASES: [string, ...Relation[]][] = [
  ['grayscale', grey],
  ['make it black and white', grey],
  ['convert the image to greyscale', grey],
  ['convert to black and white', grey],
  ['turn it into a black and white photo', grey],
  ['Black & White', grey],
  ['change this to b&w', grey],
  ['make it black and white and blur it', grey, edges(0.3, 0.9)],
  ['convert to sepia', sepia],
  ['Sepia', sepia],
  ['add a sepia tone', sepia],
  ['invert the colors', inverted],
  ['blur', edges(0.6, 0.75)],
  ['blur it a lot', edges(0.35, 0.5)],
  ['blur it slightly', edges(0.7, 0.9)],
  ['blur by 5 px', edges(0.15, 0.3)],
  ['blur the image with radius 2.5', edges(0.2, 0.45)],
  ['sharpen', edges(1.6, 1.95)],
  ['sharpen it slightly', edges(1.2, 1.55)],
  ['make it much sharper', edges(2, 2.7)],
  ['make it brighter', brighter(1.25)],
  ['brighten by 20%', brighter(1.2)],
  ['20% darker', brighter(0.8)],
  ['make the picture slightly darker', brighter(1 - 0.25 * 0.45)],
  ['make it much darker', brighter(1 - 0.25 * 2.2)],
  ['increase the brightness by 15 percent', brighter(1.15)],
  ['more contrast', contrast(1.3)],
  ['reduce contrast a bit', contrast(1 - 0.3 * 0.45)],
  ['saturate', saturated(1.4)],
  ['desaturate by 50%', saturated(0.5)],
  ['make it more vivid', saturated(1.4)],
  ['make it warmer', warmer(0.12)],
  ['cooler', warmer(-0.12)],
  ['tint teal', tinted(0, 128, 128)],
  ['tint it with #ff8800', tinted(255, 136, 0)],
  ['add a blue tint', tinted(0, 0, 255)],
  ['rotate 90 degrees', turned[90]],
  ['rotate 90 degrees counterclockwise', turned[270]],
  ['rotate left', turned[270]],
  ['rotate right', turned[90]],
  ['turn it upside down', turned[180]],
  ['flip horizontally', mirrored],
  ['mirror', mirrored],
  ['flip the image vertically', upended],
  ['crop to square', cropped(20, 0, 80, 80)],
  ['crop it to a 2:1', cropped(0, 10, 120, 60)],
  ['crop to a circle', rounded(40)],
  ['crop to 20x10', cropped(50, 35, 20, 10)],
  ['resize to 80x60', resized(80, 60)],
  ['resize to 80 by 60 pixels', resized(80, 60)],
  ['resize to 60 px wide', resized(60, 40)],
  ['resize to 60 px tall', resized(90, 60)],
  ['scale down to 50%', resized(60, 40)],
  ['round the corners', rounded(6.4)],
  ['round corners by 24 px', rounded(24)],
  ['add a 10 px red border', framed(10, 10, [255, 0, 0, 255])],
  ['add a frame', framed(2, 2, WHITE)],
  ['pixelate', blocks(2)],
  ['pixelate it by 12 px', blocks(12)],
  [
    'please make it grayscale, then blur slightly and rotate 90 degrees.',
    grey,
    edges(0.7, 0.9),
    turned[90],
  ],
  [
    'crop to square; round the corners by 10%, add a 4px #000 border',
    cropped(20, 0, 80, 80),
    rounded(8),
    framed(4, 4, [0, 0, 0, 255]),
  ],
  ['make it brighter and sharper!', brighter(1.25), edges(1.5, 2)],
  ['shift the hue by 40 degrees', hueTurned(40)],
  ['rotate the hue by 120 degrees', hueTurned(120)],
  ['auto enhance', enhanced],
  ['enhance the photo', enhanced],
  ['posterize to 6 levels', posterized(6)],
  ['threshold at 40%', cut(0.4)],
  ['threshold', cut(0.5)],
  ['set the opacity to 60%', faded(0.6)],
  ['make it 30% transparent', faded(0.7)],
  ['add a subtle vignette', vignetted(0.3)],
  ['add a strong vignette', vignetted(0.8)],
  ['crop 10% off the top', cropped(0, 8, 120, 72)],
  ['crop 10% off the left', cropped(12, 0, 108, 80)],
  ['cut 12 px from all sides', cropped(12, 12, 96, 56)],
  ['add a 5 px white border, trim the white borders', framed(5, 5, WHITE), cropped(5, 5, 120, 80)],
  ['pad to square with white', framed(0, 20, WHITE)],
  ['pad it to 2:1', framed(20, 0, CLEAR)],
  ['add the text "Sale, now and then!" at the bottom in white', written([0.7, 1], [0, 1], WHITE)],
  ['write "Hi" in the top left corner', written([0, 0.25], [0, 0.56], WHITE)],
  [
    'add a caption "One" in red at the top, then grayscale',
    written([0, 0.35], [0, 1], [255, 0, 0, 255]),
    grey,
  ],
  ['put "Hello" in the center', written([0.3, 0.7], [0, 1], WHITE)],
]

test.each(PHRASES)('"%s" does to the picture what it says', async (instruction, ...relations) => {
  const steps = parseEdit(instruction)
  expect(steps).toHaveLength(relations.length)
  let before = PHOTO
  for (const [index, step] of steps.entries()) {
    const after = await applyStep(step, before)
    relations[index]?.(before, after)
    before = after
  }
})

/** A red disc with a green bar across, on white. */
async function onWhite(): Promise<Raster> {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><rect width="60" height="40" fill="#fff"/><circle cx="30" cy="20" r="12" fill="#c00"/><rect x="20" y="18" width="20" height="4" fill="#0a0"/></svg>'
  return decode(await drawn(svg))
}

test.each([
  ['remove the background', [0, 0, 0, 0]],
  ['make the background light blue', [173, 216, 230, 255]],
  ['replace the background with #101820', [16, 24, 32, 255]],
  ['blur the background', [255, 255, 255, 255]],
])('"%s" changes what is behind the subject, and not the subject', async (instruction, behind) => {
  const [step] = parseEdit(instruction)
  if (step === undefined) throw new RangeError('no step')
  const after = await applyStep(step, await onWhite())
  const corner = at(after, 1, 1)
  expect(behind[3] === 0 ? [0, 0, 0, corner[3]] : corner).toEqual(behind)
  expect([at(after, 30, 12), at(after, 30, 20)]).toEqual([
    [204, 0, 0, 255],
    [0, 170, 0, 255],
  ])
})
