import { expect, test } from 'vitest'
import { readContent } from '../../src/providers/fal/read-content.ts'
import { readOutput } from '../../src/providers/fal/read-output.ts'

const CDN = 'https://v3b.fal.media/files/b/'
/** A file as fal names it, by the end of its address. */
const file = (name: string, more: object = {}) => ({ url: `${CDN}${name}`, ...more })

/** Answers of endpoints, and the files that are found: the end of the address, a `!` where it is flagged. */
const FILES: [answer: unknown, files: string[]][] = [
  [{ images: [file('u', { width: 64, content_type: 'image/jpg', file_name: '../x' })] }, ['u']],
  [{ images: [file('u', { width: null, content_type: null })], description: '' }, ['u']],
  [{ images: [file('u'), null, file('v')], has_nsfw_concepts: [false, false, true] }, ['u', 'v!']],
  [{ images: [file('u')], has_nsfw_concepts: null }, ['u']],
  [{ image: file('u'), mask_image: file('m'), has_nsfw_concepts: [true] }, ['u!']],
  [{ video: file('u'), thumbnail: file('t'), spritesheet: file('s') }, ['u']],
  [{ videos: [file('u'), file('v')] }, ['u', 'v']],
  [{ audio: file('u'), duration_ms: 900 }, ['u']],
  [{ audio: `${CDN}u` }, ['u']],
  [{ audio_file: file('u') }, ['u']],
  [{ audio_url: `${CDN}u` }, ['u']],
  [{ images: [], image: file('u') }, ['u']],
  [{ images: [{ width: 1 }, { url: '' }, { url: 7 }, 4, [], ''] }, []],
  [{ audio: { url: 'fffb9064' } }, []], // the bytes themselves, in hex
  // Anywhere else: the result first, what comes along with it not at all.
  [{ thumbnail: file('t'), model_glb: file('u'), model_urls: { obj: file('o') } }, ['u']],
  [{ config_file: file('c'), diffusers_lora_file: file('u') }, ['u']],
  [{ material_mtl: file('m'), texture: file('t'), model_obj: file('u') }, ['u']],
  [{ rendered_image: file('r'), base_model: file('u'), pbr_model: file('v') }, ['u', 'v']],
  [{ preview_image: file('p'), debug_x: file('d'), world_file: file('u') }, ['u']],
  [{ input_video: file('i'), viz_video: file('v'), frames_zip: file('u') }, ['u']],
  [{ vocals: file('u'), drums: file('v'), other: null }, ['u', 'v']],
  [{ result: { parts: [{ mesh: file('u') }, { mesh: file('v') }] } }, ['u', 'v']],
  [{ video_url: `${CDN}u`, thumbnail_url: `${CDN}t` }, ['u']],
  [{ texture_urls: [{ base_color: file('b') }], meshes: [file('u')] }, ['u']],
  [[file('u')], ['u']],
  // Where there is nothing else, these are what was made.
  [{ combined_mask: file('u'), individual_masks: [file('v'), file('w')] }, ['u', 'v', 'w']],
  [{ mask_image: file('m'), thumbnail: file('t') }, ['m', 't']],
  [{ lottie_file: file('u'), has_nsfw_concepts: [true] }, ['u!']],
  [{ lottie_file: file('u'), has_nsfw_concepts: [] }, ['u']],
  // An address that is none of fal's is words, and a text that names one is no field for it.
  [{ output: 'See it.', sources: [{ url: 'https://example.com/a.png' }] }, []],
  [{ output: `See ${CDN}u.` }, []],
  [{ mesh: { url: 'https://evilfal.media/u' } }, []],
  [{ mesh: { url: 'http://v3b.fal.media/u' } }, []],
  [null, []],
  ['https://e.com/x', []],
]

test.each(FILES)('of %j the files are %j', (answer, files) => {
  const found = readOutput(answer).map(
    ({ url, flagged }) => url.replace(CDN, '') + (flagged ? '!' : ''),
  )
  expect(found).toEqual(files)
})

test('what fal calls a file is kept, and its name is not', () => {
  const found = readOutput({ model_mesh: file('u', { content_type: 'a/b', file_name: '../x' }) })
  expect(found).toEqual([{ url: `${CDN}u`, contentType: 'a/b', flagged: false }])
})

test('an answer that is deep, wide or endless is read within bounds', () => {
  let deep: object = file('u')
  for (let level = 0; level < 50; level += 1) deep = { deep }
  expect(readOutput(deep)).toEqual([])
  const many = Array.from({ length: 1_000 }, (_, at) => file(`${at}`))
  expect(readOutput({ parts: many })).toHaveLength(64)
  const lists = Array.from({ length: 10_000 }, () => [1])
  expect(readOutput({ lists, last: file('u') })).toEqual([])
})

const text = (said: string) => ({ text: said, contentType: 'text/plain' })
const json = (said: unknown) => ({
  text: `${JSON.stringify(said, null, 2)}\n`,
  contentType: 'application/json',
})

/** Answers without a file, and what they bring themselves. */
const CONTENTS: [answer: unknown, content: object | null][] = [
  ['Hello.', text('Hello.')],
  [{ output: 'Hello.', reasoning: null, partial: false, error: null }, text('Hello.')],
  [{ svg_content: '<svg/>', seed: 7, timings: { inference: 1 } }, text('<svg/>')],
  [{ output: 'Hello.', reasoning: 'Why.' }, json({ output: 'Hello.', reasoning: 'Why.' })],
  [{ text: 'Hi', chunks: [{ at: 0 }] }, json({ text: 'Hi', chunks: [{ at: 0 }] })],
  [{ outputs: ['a'] }, json({ outputs: ['a'] })],
  [{ has_speech: false }, json({ has_speech: false })],
  [{ nsfw_probability: 0 }, json({ nsfw_probability: 0 })],
  [[[1, 2]], json([[1, 2]])],
  [5, json(5)],
  [null, null],
  ['', null],
  [' \n', null],
  [{}, null],
  [[], null],
  [[{}, [null, '']], null],
  [{ images: [] }, null],
  [{ images: [], seed: 1, timings: { a: 1 }, has_nsfw_concepts: [], prompt: 'fox' }, null],
  [{ output: '', error: 'It broke.', partial: true }, null],
  [{ detail: [{ msg: 'no' }] }, null],
  [{ output: 'x'.repeat(16 * 1024 * 1024 + 1) }, null],
]

test.each(CONTENTS)('the answer %.60j holds by itself %.60j', (answer, content) => {
  expect(readContent(answer)).toEqual(content)
})
