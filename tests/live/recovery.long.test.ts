import { expect, test } from 'vitest'
import { examine, preload, type Home } from '../support/app.ts'
import { startRaw } from '../support/clients.ts'
import { startFalEmulator, type FalEmulator } from '../services/fal/emulator.ts'
import { answering, PHOTO, publishPhoto } from '../support/live-kinds.ts'
import { LATER_MS } from '../support/live-outcomes.ts'
import { GRANT, liveApp, liveHome } from '../support/live.ts'

const MINUTE = 60_000
const PICTURE = {
  prompt: 'a fox',
  imageSize: 'square',
  preview: false,
  idempotencyKey: 'the fox',
}
const CASES = [
  { what: 'a job', model: 'fal-ai/flux/schnell', numImages: 1, jobs: 1, cost: 3_000 },
  {
    what: 'a job of four images',
    model: 'fal-ai/flux/schnell',
    numImages: 4,
    jobs: 1,
    cost: 12_000,
  },
  {
    what: 'three jobs of one call',
    model: 'fal-ai/flux-2-flex',
    numImages: 3,
    jobs: 3,
    cost: 150_000,
  },
]

async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Asks a process for a picture and kills it as a power switch would once a claim about fal is true. */
async function killWhen(home: Home, args: object, claim: () => boolean): Promise<void> {
  await using server = startRaw(home)
  await server.initialize()
  const name = 'input' in args ? 'run' : 'generateImage'
  const answer = server.request('tools/call', { name, arguments: args })
  answer.catch(() => {}) // it never comes
  await until(claim)
}

const areWatched = ({ jobs }: FalEmulator, count: number) =>
  jobs.length === count && jobs.every(({ polls }) => polls > 0)

test.each(CASES)(
  '$what of a killed process is finished by another one from its upstream id, charged once',
  async ({ model, numImages, jobs, cost }) => {
    await using fal = await startFalEmulator({ runMs: 1_000 })
    using home = liveHome(fal)
    const args = { ...PICTURE, model, numImages }
    await killWhen(home, args, () => areWatched(fal, jobs))
    expect(await examine(home)).toMatchObject({ held: cost, difference: null })
    {
      // A minute later by its clock: the lease of the dead process has run out.
      const nodeArgs = preload(`const now = Date.now; Date.now = () => now() + ${MINUTE}`)
      await using server = startRaw(home, { nodeArgs })
      await server.initialize()
      const { result } = await server.request('tools/call', {
        name: 'generateImage',
        arguments: args,
      })
      const { structuredContent } = result as { structuredContent: Record<string, unknown> }
      expect(structuredContent).toMatchObject({
        status: 'completed',
        replayed: true,
        cost: { micro: cost },
      })
      expect(structuredContent['outputs']).toHaveLength(numImages)
    }
    expect([fal.jobs.length, fal.charges.length]).toEqual([jobs, jobs])
    const { available, held, difference } = await examine(home)
    expect([GRANT - available, held, difference]).toEqual([cost, 0, null])
    expect(home.outputs()).toHaveLength(numImages)
  },
)

test('a submit whose process was killed before the answer is not repeated; its hold expires', async () => {
  await using fal = await startFalEmulator({ faults: [{ kind: 'hang', after: true }] })
  using home = liveHome(fal)
  const args = { ...PICTURE, model: 'fal-ai/flux/schnell' }
  await killWhen(home, args, () => fal.jobs.length === 1)
  for (const ahead of [MINUTE, 14 * MINUTE]) {
    await using app = await liveApp({
      fal,
      home: home.path,
      env: home.env,
      now: () => Date.now() + ahead,
    })
    const { structured } = await app.call('generateImage', args, { maxWaitMs: 50 })
    expect(structured['status']).toBe('running')
    expect(await app.books()).toMatchObject({ held: 3_000, spent: 0, holds: ['held'] })
  }
  expect(fal.jobs).toHaveLength(1)
  await using late = await liveApp({
    fal,
    home: home.path,
    env: home.env,
    now: () => Date.now() + LATER_MS,
  })
  await late.app.generations.recover()
  expect(await late.books()).toMatchObject({ held: 0, spent: 0, holds: ['expired'] })
  expect(fal.jobs).toHaveLength(1)
  expect((await late.call('generateImage', args)).structured).toMatchObject({
    status: 'completed',
    replayed: false,
  })
  expect(await late.books()).toMatchObject({ held: 0, spent: 3_000, difference: null })
})

test('a job that fal has forgotten by the time it is taken up again is released', async () => {
  await using fal = await startFalEmulator({ runMs: 1_000 })
  using home = liveHome(fal)
  const args = { ...PICTURE, model: 'fal-ai/flux/schnell' }
  await killWhen(home, args, () => areWatched(fal, 1))
  await using amnesiac = await startFalEmulator()
  const env = { ...home.env, INKWELL_FAL_BASE_URL: amnesiac.url }
  await using app = await liveApp({
    fal: amnesiac,
    home: home.path,
    env,
    now: () => Date.now() + MINUTE,
  })
  const { structured } = await app.call('generateImage', args)
  expect(structured['error']).toMatchObject({ code: 'no_output', charged: { micro: 0 } })
  expect(await app.books()).toMatchObject({ available: GRANT, held: 0, holds: ['released'] })
})

test('files that expired before a job is taken up again cost nothing', async () => {
  await using fal = await startFalEmulator({ runMs: 300 })
  using home = liveHome(fal)
  const args = { ...PICTURE, model: 'fal-ai/flux/schnell' }
  await killWhen(home, args, () => areWatched(fal, 1))
  await fal.idle()
  fal.expireFiles()
  await using app = await liveApp({
    fal,
    home: home.path,
    env: home.env,
    now: () => Date.now() + MINUTE,
  })
  const { structured } = await app.call('generateImage', args)
  expect(structured['error']).toMatchObject({ code: 'no_output' })
  expect(await app.books()).toMatchObject({ available: GRANT, held: 0, difference: null })
})

const idempotencyKey = 'the fox'
const MESH = { model: 'fal-ai/trellis', input: { image_url: PHOTO }, idempotencyKey }
const VIDEO = { model: 'fal-ai/veo3.1', input: { prompt: 'a fox' }, idempotencyKey }
const WORDS = { [VIDEO.model]: answering({ output: 'No.' }) }

test.each([
  { what: 'a mesh', args: MESH, models: {}, isDelivered: true },
  { what: 'words of a listed model for video', args: VIDEO, models: WORDS, isDelivered: false },
])('$what of a killed process is judged by the next one as by the first', async (one) => {
  const { args, models, isDelivered } = one
  await using fal = await startFalEmulator({ runMs: 1_000, models })
  using home = liveHome(fal)
  await publishPhoto(fal, home)
  await killWhen(home, args, () => areWatched(fal, 1))
  const now = () => Date.now() + MINUTE
  await using app = await liveApp({ fal, home: home.path, env: home.env, now })
  const { structured } = await app.call('run', args)
  expect(structured).toMatchObject(
    isDelivered
      ? { status: 'completed', outputs: [{ mimeType: 'model/gltf-binary' }] }
      : { error: { code: 'no_output', charged: { micro: 0 } } },
  )
  expect(await app.books()).toMatchObject({
    spent: isDelivered ? 50_000 : 0,
    held: 0,
    difference: null,
  })
  expect(fal.jobs).toHaveLength(1)
})
