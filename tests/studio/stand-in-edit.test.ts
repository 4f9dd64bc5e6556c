import { expect, test } from 'vitest'
import { STAND_IN_NOTE } from '../../src/providers/local.ts'
import { labelIn } from '../support/label.ts'
import { drawn } from '../support/local.ts'
import { ramp, rehearse } from '../support/rehearsal.ts'

/** What people ask of a model that edits, and which of it this machine can do. */
const WISHES: [string, string[], string[]][] = [
  ['make the sky purple', [], ['"make the sky purple"']],
  ['add a red hat to the fox', [], ['"add a red hat to the fox"']],
  ['remove the text', [], ['"remove the text"']],
  ['turn this into a watercolor', [], ['"turn this into a watercolor"']],
  ['replace the background with a beach', [], ['"replace the background with a beach"']],
  ['make it look like night', [], ['"make it look like night"']],
  ['convert to black and white', ['convert to black and white'], []],
  [
    'Please change the hair to blonde and make it warmer',
    ['make it warmer'],
    ['"change the hair to blonde"'],
  ],
  ['no text, make it darker', ['make it darker'], ['"no text"']],
  [
    'golden hour, 35mm film grain, then crop to 2:1',
    ['crop to 2:1'],
    ['"golden hour"', '"35mm film grain"'],
  ],
  ['把天空变成紫色', [], ['"把天空变成紫色"']],
  ['اجعل السماء أرجوانية', [], ['"اجعل السماء أرجوانية"']],
  ['сделай небо фиолетовым', [], ['"сделай небо фиолетовым"']],
  ['add a 🎩 to the cat’s head', [], ['"add a 🎩 to the cat’s head"']],
  ['!!!', [], ['"!!!"']],
  ['<b>bold</b> & "quoted, text"', [], ['"<b>bold</b>"', '"quoted, text"']],
  ['x\ud83d\u0000', [], ['"x"']],
  ['blur by 500 px', [], ['"blur by 500 px": A blur in pixels of 500 is outside 0.3 to 100']],
  [
    'crop to 4000x10, then sepia',
    ['sepia'],
    ['"crop to 4000x10": A crop of 4000 x 10 does not fit into 300 x 200 pixels'],
  ],
  [
    'add the text "สวัสดี"',
    [],
    ['"add the text สวัสดี": The text has characters that the fonts here lack'],
  ],
]

test.each(WISHES)('a priced model answers "%s"', async (prompt, honoured, notHonoured) => {
  const made = await rehearse(prompt)
  expect(made.notes[0]).toBe(STAND_IN_NOTE)
  expect(made.honoured).toEqual(honoured)
  expect(made.notHonoured).toEqual(notHonoured)
  const said = made.notes.join(' ')
  for (const missing of notHonoured) expect(said).toContain(missing)
  expect(said.includes('A stand-in: not done, as its label says')).toBe(notHonoured.length > 0)
  expect(said.isWellFormed()).toBe(true)
  expect(labelIn(made) !== null).toBe(notHonoured.length > 0)
})

test.each(WISHES.filter(([, , missing]) => missing.length > 0))(
  'the free model refuses "%s"',
  async (prompt) => {
    await expect(rehearse(prompt, { model: 'local/edit' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  },
)

test('the same arguments give the same pixels, and the outputs of one call are the same', async () => {
  const [one, other] = [
    await rehearse('make it night, blur', { seed: 7, count: 3 }),
    await rehearse('make it night, blur', { seed: 7, count: 3 }),
  ]
  expect(one.files).toHaveLength(3)
  for (const file of [...one.files, ...other.files])
    expect(file.equals(one.files[0] ?? Buffer.alloc(0))).toBe(true)
  expect(one.notes.at(-1)).toContain('the outputs are the same')
})

test('a mask bounds what is done: white is changed, black is kept', async () => {
  const mask = await drawn(
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200"/><rect width="150" height="200" fill="#fff"/></svg>',
  )
  const [plain, masked] = [await rehearse('crop to 300x200'), await rehearse('invert', { mask })]
  expect(masked.honoured).toEqual(['invert', 'mask'])
  expect(masked.notHonoured).toEqual([])
  const [left, right] = [plain.at(20, 100), plain.at(200, 100)]
  expect(masked.at(20, 100)).toEqual([...left.slice(0, 3).map((value) => 255 - value), 255])
  expect(masked.at(200, 100)).toEqual(right)
  const cropped = await rehearse('crop to square', { mask })
  expect(cropped.size).toEqual([200, 200])
  expect(cropped.notHonoured).toEqual(['mask: an edit changed the size of the picture'])
})

test('of several images the first is edited, and the others are listed', async () => {
  const image = await ramp()
  const two = await rehearse('flip', { images: [image, image] })
  expect(two.notHonoured).toEqual(['"flip"', 'image 2: only the first was edited'])
  const four = await rehearse('mirror', { images: [image, image, image, image] })
  expect(four.honoured).toEqual(['mirror'])
  expect(four.notHonoured).toEqual(['images 2 to 4: only the first was edited'])
})

test('at most twelve edits are done, and at most twelve wishes listed', async () => {
  const made = await rehearse(Array.from({ length: 1000 }, () => 'mirror').join(', '))
  expect(made.honoured).toHaveLength(12)
  expect(made.notHonoured).toHaveLength(13)
  expect(made.notHonoured?.[0]).toBe('"mirror": at most 12 edits are done at once')
  expect(made.notHonoured?.at(-1)).toBe('976 more')
})

test.each(['png', 'jpeg', 'webp'] as const)(
  'the format is the one asked for: %s',
  async (outputFormat) => {
    expect((await rehearse('zoom out', { outputFormat })).format).toBe(outputFormat)
  },
)
