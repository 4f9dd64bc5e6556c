import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { expect, test } from 'vitest'
import type { FalModel, Fault } from '../services/fal/emulator.ts'
import {
  answering,
  KIND_CASES,
  PHOTO,
  publishPhoto,
  shownOf,
  type KindCase,
} from '../support/live-kinds.ts'
import { failed, outcomeOf, paid } from '../support/live-outcomes.ts'
import { CHEAP, errorIn, liveApp, outputsOf, type LiveApp } from '../support/live.ts'

async function run(live: LiveApp, { model, input }: KindCase) {
  await publishPhoto(live.fal, { path: live.home })
  return await live.call('run', { model, input, preview: false })
}

test.concurrent.each(KIND_CASES)(
  '$what is delivered as a file of its kind, and charged',
  async (one) => {
    await using live = await liveApp()
    const answer = await run(live, one)
    expect(await outcomeOf(live, answer)).toEqual(paid({ cost: one.cost }))
    const [output] = outputsOf(answer)
    expect(output).toMatchObject(shownOf(one))
    expect(extname(output?.path ?? '')).toBe(`.${one.extension}`)
    expect(readFileSync(output?.path ?? '').equals(one.bytes)).toBe(true)
    expect(live.fal.charges).toHaveLength(1)
  },
)

test('an image tool takes a drawing', async () => {
  await using live = await liveApp()
  const args = { model: 'fal-ai/recraft/v3/text-to-vector', prompt: 'a fox' }
  const answer = await live.call('generateImage', args)
  expect(await outcomeOf(live, answer)).toEqual(paid({ cost: 50_000 }))
  expect(outputsOf(answer)[0]).toMatchObject({ mimeType: 'image/svg+xml', width: 320, height: 200 })
})

const PAGE: Fault = { kind: 'htmlFile', times: Infinity }
const WORDS = { output: 'No.' }
const FACTS = { seed: 7, timings: { a: 1 }, prompt: 'fox', has_nsfw_concepts: [false], images: [] }
const VIDEO = { model: 'fal-ai/veo3.1', input: { prompt: 'a fox' } }
const SPEECH = { model: 'minimax/speech-02-hd', input: { text: 'Hi.' } }
const LORA = { model: 'fal-ai/lora', input: { prompt: 'a fox', model_name: 'acme/sdxl' } }
const MESH = { model: 'fal-ai/trellis', input: { image_url: PHOTO } }
const UNLISTED = { model: 'acme/new', input: {} }

/** Calls, what fal does or answers to them, and what is said of the result. */
const NOTHING: [what: string, args: { model: string }, given: Fault | object, says: RegExp][] = [
  ['a web page of a listed model for video', VIDEO, PAGE, /text\/html where a video/],
  ['a web page of a listed model for speech', SPEECH, PAGE, /text\/html where a sound/],
  ['a web page of an image tool', CHEAP, PAGE, /text\/html where a picture/],
  ['a web page in place of a mesh', MESH, PAGE, /a web page in place of the file/],
  ['words of an image tool', CHEAP, WORDS, /text\/plain where a picture/],
  ['words of a listed model for video', VIDEO, WORDS, /text\/plain where a video/],
  ['words of a listed model for pictures', LORA, WORDS, /text\/plain where a picture/],
  ['an empty list', UNLISTED, { images: [] }, /without an output/],
  ['nothing but facts about the work', UNLISTED, FACTS, /without an output/],
  ['an empty answer', UNLISTED, {}, /without an output/],
]

test.concurrent.each(NOTHING)('%s is no output and costs nothing', async (_, args, given, says) => {
  const emulator =
    'kind' in given ? { faults: [given] } : { models: { [args.model]: answering({ ...given }) } }
  await using live = await liveApp({ emulator })
  await publishPhoto(live.fal, { path: live.home })
  const answer = await live.call('input' in args ? 'run' : 'generateImage', args)
  expect(await outcomeOf(live, answer)).toEqual(failed('no_output', 1))
  expect(errorIn(answer)?.message).toMatch(says)
})

test('a result that fal’s safety check withholds stays refused, and the rest of the answer is no substitute', async () => {
  await using live = await liveApp({ emulator: { faults: [{ kind: 'nsfw' }] } })
  const input = { prompt: 'a fox', model_name: 'acme/sdxl' }
  const answer = await live.call('run', { model: 'fal-ai/lora', input })
  expect(await outcomeOf(live, answer)).toEqual(failed('content_refused', 1))
})

test('of several things in an answer as many are delivered as were paid for', async () => {
  const parts = ['vocals', 'drums', 'bass']
  const stems: FalModel = {
    ...answering({}),
    make: async ({ store }) => ({
      body: Object.fromEntries(
        parts.map((part) => [part, { url: store(Buffer.from(part), 'text/plain', 'txt') }]),
      ),
      megapixels: 0,
      pixels: 0,
    }),
  }
  await using live = await liveApp({ emulator: { models: { 'acme/stems': stems } } })
  const answer = await live.call('run', { model: 'acme/stems', input: {} })
  expect(await outcomeOf(live, answer)).toEqual(paid({ cost: 50_000 }))
  expect(readFileSync(outputsOf(answer)[0]?.path ?? '', 'utf8')).toBe('vocals')
})
