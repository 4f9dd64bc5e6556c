import { afterAll, expect, test } from 'vitest'
import type { Fault, FalModel, Step } from '../services/fal/emulator.ts'
import { GENERATE_MODELS } from '../services/fal/models-generate.ts'
import { hurryFalClient } from '../support/live-haste.ts'
import { failed, outcomeOf, paid } from '../support/live-outcomes.ts'
import { CHEAP, FANNED, liveApp, outputsOf } from '../support/live.ts'

const hurry = hurryFalClient()
afterAll(() => hurry[Symbol.dispose]())

const deadlines = { requestMs: 500, fileMs: 400 }
const html = (status: 502 | 503 | 504, at: 'status' | 'result'): Fault => ({
  kind: 'html',
  status,
  at,
})

/** Bad moments that a call outlives: it is charged once, for one job. */
const MOMENTS: [what: string, fault: Fault][] = [
  ['a submit that is one too many', { kind: 'tooMany' }],
  ['a submit without a request id in its headers', { kind: 'noRequestId' }],
  ['a 500 at a status', { kind: 'serverError', at: 'status' }],
  ['a 502 at a status', html(502, 'status')],
  ['a 503 at a status', html(503, 'status')],
  ['a 504 at a status', html(504, 'status')],
  ['a status that is one too many', { kind: 'tooMany', at: 'status' }],
  ['a connection reset at a status', { kind: 'reset', at: 'status' }],
  ['silence at a status', { kind: 'hang', at: 'status' }],
  ['a status that cannot be read', { kind: 'malformed', at: 'status' }],
  ['a status that is null', { kind: 'nullBody', at: 'status' }],
  ['a 502 at the result', html(502, 'result')],
  ['a 503 at the result', html(503, 'result')],
  ['a 504 at the result', html(504, 'result')],
  ['a connection reset at the result', { kind: 'reset', at: 'result' }],
  ['silence at the result', { kind: 'hang', at: 'result' }],
  ['a result that cannot be read once', { kind: 'malformed', at: 'result' }],
  ['a result without a request id', { kind: 'noRequestId', at: 'result' }],
  ['a result without units', { kind: 'noUnits' }],
  ['units that are no number', { kind: 'units', value: 'many' }],
  ['units beyond all measure', { kind: 'units', value: '999999999999999' }],
  ['a result without sizes', { kind: 'nullDims' }],
  ['a result that names another type', { kind: 'wrongContentType', contentType: 'image/jpg' }],
  ['a file that claims another type', { kind: 'wrongFileType', contentType: 'text/html' }],
  ['a file server that breaks once', { kind: 'serverError', at: 'file' }],
  ['a file whose connection is reset', { kind: 'reset', at: 'file' }],
  ['a file that does not come at first', { kind: 'hang', at: 'file' }],
  ['a slow queue', { kind: 'slowQueue', polls: 3 }],
  ['a price list that is down', { kind: 'serverError', at: 'platform' }],
  ['a price list that says nothing', { kind: 'hang', at: 'platform' }],
  ['a price list that breaks off', { kind: 'malformed', at: 'platform' }],
]

test.concurrent.each(MOMENTS)('%s is survived and charged once', async (_, fault) => {
  await using live = await liveApp({ emulator: { faults: [fault] }, deadlines })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(
    paid({ cost: 3_000 }),
  )
  expect(live.fal.charges).toHaveLength(1)
})

test('of a file whose real type is another, the real one is told and saved', async () => {
  const faults = [{ kind: 'wrongContentType', contentType: 'image/webp' }] as const
  await using live = await liveApp({ emulator: { faults } })
  const answer = await live.call('generateImage', { ...CHEAP, outputFormat: 'png' })
  expect(outputsOf(answer)[0]).toMatchObject({
    mimeType: 'image/png',
    path: expect.stringMatching(/\.png$/) as unknown,
    width: 64,
    height: 64,
  })
})

/** A model that flags some of what it makes. */
function flagging(flags: boolean[]): FalModel {
  const model = GENERATE_MODELS[CHEAP.model] as FalModel
  const make: FalModel['make'] = async (work) => {
    const made = await model.make(work)
    return { ...made, body: { ...made.body, has_nsfw_concepts: flags } }
  }
  return { ...model, make }
}

test('of outputs that are flagged in part, only the others are given out and charged', async () => {
  const models = { [CHEAP.model]: flagging([false, true, false]) }
  await using live = await liveApp({ emulator: { models } })
  const answer = await live.call('generateImage', { ...CHEAP, numImages: 3 })
  expect(await outcomeOf(live, answer)).toEqual(paid({ cost: 6_000, outputs: 2 }))
  expect(answer.structured['notes']).toEqual([
    "fal.ai's safety check withheld 1 of 3 outputs; they are not charged.",
  ])
})

test('where fal delivers more than was asked for, what was asked for is charged', async () => {
  const model = GENERATE_MODELS[CHEAP.model] as FalModel
  const make: FalModel['make'] = (work) =>
    model.make({ ...work, input: { ...work.input, num_images: 4 } })
  await using live = await liveApp({ emulator: { models: { [CHEAP.model]: { ...model, make } } } })
  const answer = await live.call('generateImage', { ...CHEAP, numImages: 2 })
  expect(await outcomeOf(live, answer)).toEqual(paid({ cost: 6_000, outputs: 2 }))
})

/** What strikes one of three jobs, or one of three files. */
const ONE_OF_THREE: [what: string, steps: Step[], jobs: number][] = [
  ['refused', [{ kind: 'pass', at: 'job' }, { kind: 'modelError' }], 3],
  ['flagged', [{ kind: 'nsfw' }], 3],
  ['without an image', [{ kind: 'noImages' }], 3],
  ['broken', [{ kind: 'completedWithError', status: 500 }], 3],
  ['stuck', [{ kind: 'stuck' }], 3],
  ['never accepted', [{ kind: 'locked' }], 2],
  ['sent with an unknown outcome', [{ kind: 'reset', after: true }], 3],
  ['delivered in half', [{ kind: 'truncated' }], 3],
  ['expired', [{ kind: 'expired' }], 3],
]

test.concurrent.each(ONE_OF_THREE)(
  'where one of three jobs is %s, the two others are delivered and charged',
  async (_, faults, jobs) => {
    await using live = await liveApp({ emulator: { faults }, deadlines: { imageMs: 600 } })
    const answer = await live.call('generateImage', { ...FANNED, numImages: 3 })
    expect(await outcomeOf(live, answer)).toEqual(paid({ cost: 100_000, outputs: 2, jobs }))
  },
)

test('a file beyond all measure is given up at the limit and costs nothing', async () => {
  const faults = [{ kind: 'oversized', bytes: 513 * 2 ** 20 }] as const
  await using live = await liveApp({ emulator: { faults } })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(
    failed('no_output', 1),
  )
})

test('a redirected file is not followed, and its key goes nowhere', async () => {
  const faults = [{ kind: 'redirect', times: Infinity }] as const
  await using live = await liveApp({ emulator: { faults } })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(
    failed('no_output', 1),
  )
  expect(live.fal.requests.map(({ host }) => host)).not.toContain('elsewhere.example')
  expect(live.fal.sawKeyOn('v3b.fal.media')).toBe(false)
})
