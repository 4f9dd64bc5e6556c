import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { plainPicture, temporaryHome } from '../support/app.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import { CHEAP, errorIn, liveApp, outputsOf } from '../support/live.ts'

/** Where the key may go. */
const OWN_HOSTS = ['api.fal.ai', 'queue.fal.run', 'rest.fal.ai']

/** An app, a picture in a folder it may read, and the first result of a paid call. */
async function studio() {
  const home = temporaryHome()
  const fal = await startFalEmulator()
  const live = await liveApp({ fal, home: home.path })
  const path = await plainPicture(home)
  const first = await live.call('generateImage', CHEAP)
  const { assetId } = outputsOf(first)[0] ?? { assetId: '' }
  const id = String(first.structured['id'])
  const dataUri = `data:image/png;base64,${readFileSync(path).toString('base64')}`
  return {
    live,
    fal,
    references: { path, dataUri, id, assetId },
    async [Symbol.asyncDispose]() {
      await live[Symbol.asyncDispose]()
      await fal[Symbol.asyncDispose]()
      home[Symbol.dispose]()
    },
  }
}

const input = (job: { input: unknown } | undefined) => (job?.input ?? {}) as Record<string, unknown>

test.each(['path', 'dataUri', 'id', 'assetId'] as const)(
  'an image named by its %s reaches a model as a link that lives for an hour',
  async (kind) => {
    await using place = await studio()
    const { live, fal, references } = place
    const answer = await live.call('editImage', { prompt: 'bluer', image: references[kind] })
    expect(errorIn(answer)).toBeUndefined()
    const [upload] = fal.uploads
    expect(fal.uploads).toHaveLength(1)
    expect(input(fal.jobs.at(-1))['image_url']).toBe(upload?.fileUrl)
    expect(JSON.parse(upload?.lifecycle ?? '{}')).toMatchObject({
      expiration_duration_seconds: 3_600,
    })
    const announced = fal.requests.find(({ host }) => host === 'rest.fal.ai')
    expect(announced?.headers['x-fal-object-lifecycle']).toBe(upload?.lifecycle)
    expect(announced?.headers['x-fal-object-lifecycle-preference']).toBe(upload?.lifecycle)
    expect(fal.jobs.at(-1)?.ending).toBe('ok')
    expect(fal.hostsThatSawTheKey().toSorted()).toEqual(OWN_HOSTS)
  },
)

test('the uploaded bytes are those of the file, and its name stays here', async () => {
  await using place = await studio()
  const { live, fal, references } = place
  await live.call('removeBackground', { image: references.path })
  const stored = fal.files.find(({ url }) => url === fal.uploads[0]?.fileUrl)
  expect(stored?.bytes.equals(readFileSync(references.path))).toBe(true)
  expect(fal.uploads[0]?.name).not.toContain('subject')
  expect(JSON.stringify(fal.jobs)).not.toContain(references.path)
})

test('a model that takes several images gets all of them, in their order', async () => {
  await using place = await studio()
  const { live, fal, references } = place
  const images = [references.path, references.assetId, references.dataUri]
  await live.call('editImage', { prompt: 'join them', model: 'fal-ai/nano-banana-2/edit', images })
  const urls = input(fal.jobs.at(-1))['image_urls'] as string[]
  expect(urls).toHaveLength(3)
  const sizes = urls.map((url) => fal.files.find((file) => file.url === url)?.bytes.length)
  const own = readFileSync(references.path).length
  expect([sizes[0], sizes[2]]).toEqual([own, own])
  expect(sizes[1]).not.toBe(own)
  expect(fal.jobs.at(-1)?.ending).toBe('ok')
})

test('a model that takes one image gets the first, and the answer says what was left out', async () => {
  await using place = await studio()
  const { live, fal, references } = place
  const { path } = references
  const answer = await live.call('editImage', { prompt: 'bluer', images: [path, path], mask: path })
  expect(answer.structured['dropped']).toEqual([
    '1 of 2 images were not sent: this model takes 1.',
    expect.stringMatching(/^mask was not sent/),
  ])
  expect(Object.keys(input(fal.jobs.at(-1)))).not.toContain('mask_url')
})

test('a model that is not listed gets its images under both usual names, and the mask', async () => {
  await using fal = await startFalEmulator()
  using home = temporaryHome()
  await using live = await liveApp({ fal, home: home.path })
  const path = await plainPicture(home)
  await live.call('editImage', { prompt: 'x', model: 'fal-ai/new/edit', image: path, mask: path })
  expect(Object.keys(input(fal.jobs[0]))).toEqual(
    expect.arrayContaining(['image_url', 'image_urls', 'mask_url']),
  )
})

test.each(['removeBackground', 'upscale'])('%s sends the image it was given', async (tool) => {
  await using place = await studio()
  const { live, fal, references } = place
  const answer = await live.call(tool, { image: references.path })
  expect(errorIn(answer)).toBeUndefined()
  expect(input(fal.jobs.at(-1))['image_url']).toBe(fal.uploads[0]?.fileUrl)
})

test.each([
  ['an upload that fal refuses', { kind: 'locked', at: 'upload' }, 'upstream_balance_exhausted'],
  ['an upload whose bytes do not arrive', { kind: 'reset', at: 'put' }, 'upstream_unavailable'],
  ['silence at an upload', { kind: 'hang', at: 'put' }, 'upstream_timeout'],
  [
    'an upload whose announcement cannot be read',
    { kind: 'malformed', at: 'upload' },
    'upstream_unavailable',
  ],
] as const)('%s costs nothing and sends no job', async (_, fault, code) => {
  using home = temporaryHome()
  await using fal = await startFalEmulator({ faults: [fault] })
  await using live = await liveApp({ fal, home: home.path, deadlines: { fileMs: 300 } })
  const answer = await live.call('upscale', { image: await plainPicture(home) })
  expect([errorIn(answer)?.code, errorIn(answer)?.charged.micro]).toEqual([code, 0])
  expect(fal.jobs).toEqual([])
  expect(await live.books()).toMatchObject({ held: 0, spent: 0, holds: ['released'] })
  expect(fal.sawKeyOn('v3b.fal.media')).toBe(false)
})
