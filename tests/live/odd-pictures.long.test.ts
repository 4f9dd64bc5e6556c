import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { EDIT_MODELS } from '../services/fal/models-edit.ts'
import { startFalEmulator, type FalEmulator } from '../services/fal/emulator.ts'
import {
  CHEAP,
  costIn,
  errorIn,
  liveApp,
  liveHome,
  outputsOf,
  type Answer,
  type ShownOutput,
  type LiveApp,
} from '../support/live.ts'
import { expectLeft } from '../support/odd/looks.ts'
import { leavingOnes, makeOddFiles } from '../support/odd/odd-files.ts'
import { scene } from '../support/odd/parts.ts'

const FILES = await makeOddFiles()
const LEAVING = leavingOnes(FILES)
const named = (name: string) => {
  const file = LEAVING.find((each) => each.name === name)
  if (file === undefined) throw new RangeError(`there is no ${name}`)
  return file
}

let home: Home
let fal: FalEmulator
let live: LiveApp

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  const edit = EDIT_MODELS['fal-ai/nano-banana-2/edit']
  fal = keep(await startFalEmulator({ ...(edit && { models: { 'fal-ai/new/edit': edit } }) }))
  live = keep(await liveApp({ fal, home: home.path }))
})

/** Puts a file where it may be read. Answers its path. */
function given(name: string, bytes: Uint8Array): string {
  const path = join(home.path, name)
  writeFileSync(path, bytes)
  return path
}

/** The first file of a result. */
function firstOf(answer: Answer): ShownOutput {
  const [output] = outputsOf(answer)
  if (output === undefined) throw new Error(`no output: ${answer.text}`)
  return output
}

/** What lies at fal since a mark. */
function left(since: number) {
  return fal.files
    .filter(({ url }) => fal.uploads.some(({ fileUrl }) => fileUrl === url))
    .slice(since)
    .map(({ bytes, contentType }) => ({ bytes, mimeType: contentType }))
}

test.each(LEAVING)('$name leaves this machine like this: $outcome', async (file) => {
  const since = fal.uploads.length
  const image = given(file.name, file.bytes)
  const answer = await live.call('removeBackground', { image, preview: false })
  expect(errorIn(answer)).toBeUndefined()
  const [upload, ...more] = left(since)
  expect(more).toEqual([])
  if (upload === undefined) throw new Error('nothing was uploaded')
  await expectLeft(file, upload)
  const adjusted = answer.structured['adjusted'] as string[]
  expect(adjusted.filter((words) => words.includes(file.name))).toEqual(
    file.says === undefined ? [] : [`"${image}" ${file.says}`],
  )
})

test.each(FILES.filter(({ refused }) => refused))(
  '$name never leaves it, and costs nothing',
  async ({ name, bytes }) => {
    const [uploads, spent] = [fal.uploads.length, (await live.books()).spent]
    const answer = await live.call('upscale', { image: given(name, bytes) })
    expect(errorIn(answer)).toMatchObject({ code: 'input_unreadable', charged: { micro: 0 } })
    expect([fal.uploads.length, (await live.books()).spent]).toEqual([uploads, spent])
  },
)

test('every image of a call leaves clean, the mask too', async () => {
  const since = fal.uploads.length
  const [gps, everything] = [named('gps.jpg'), named('everything.jpg')]
  const answer = await live.call('editImage', {
    prompt: 'join them',
    model: 'fal-ai/new/edit',
    images: [given('a.jpg', gps.bytes), given('b.jpg', everything.bytes)],
    mask: given('mask.jpg', gps.bytes),
  })
  expect(errorIn(answer)).toBeUndefined()
  const uploads = left(since)
  expect(uploads).toHaveLength(3)
  for (const upload of uploads) {
    const { width, height } = await sharp(upload.bytes).metadata()
    await expectLeft(width < height ? gps : everything, upload)
  }
})

test.each([
  ['of another size', { width: 40, height: 30 }, '40 x 30', '48 x 32'],
  ['turned by its own EXIF only', null, '32 x 48', '48 x 32'],
])(
  'a mask %s is refused with both sizes, before anything is held',
  async (_, size, own, needed) => {
    const [uploads, before] = [fal.uploads.length, await live.books()]
    const mask =
      size === null ? named('gps.jpg').bytes : await scene().resize(size).png().toBuffer()
    const image = given('image.png', named('plain.png').bytes)
    const answer = await live.call('editImage', { prompt: 'x', image, mask: given('mask', mask) })
    const error = errorIn(answer)
    expect(error).toMatchObject({ code: 'invalid_input', charged: { micro: 0 } })
    expect(error?.message).toContain(own)
    expect(error?.message).toContain(needed)
    expect([fal.uploads.length, await live.books()]).toEqual([uploads, before])
  },
)

test('the same call under the same key is the same call, however its picture was turned or cut', async () => {
  const image = given('again.jpg', named('gps.jpg').bytes)
  const args = { image, idempotencyKey: 'once', preview: false }
  const first = await live.call('removeBackground', args)
  const uploads = fal.uploads.length
  writeFileSync(image, named('plain.jpg').bytes) // the key stands for what was asked, not for bytes
  const second = await live.call('removeBackground', args)
  expect(second.structured).toMatchObject({ id: first.structured['id'], replayed: true })
  expect(costIn(second)).toBe(costIn(first))
  expect(fal.uploads).toHaveLength(uploads)
})

test('run takes images of ours and of this machine in its fields of links, and sends them clean', async () => {
  const made = await live.call('generateImage', CHEAP)
  const { assetId, path } = firstOf(made)
  const gps = named('gps.jpg')
  const since = fal.uploads.length
  const input = {
    prompt: 'fly',
    image_url: given('gps.jpg', gps.bytes),
    image_urls: [
      assetId,
      String(made.structured['id']),
      `inkwell://assets/${assetId}`,
      `file://${path}`,
      `data:image/jpeg;base64,${gps.bytes.toString('base64')}`,
    ],
  }
  const answer = await live.call('run', { model: 'fal-ai/new/edit', input })
  expect(errorIn(answer)).toBeUndefined()
  expect(left(since)).toHaveLength(6)
  const sent = fal.jobs.at(-1)?.input as typeof input
  for (const url of [sent.image_url, sent.image_urls[4]]) {
    const photo = fal.files.find((each) => each.url === url)
    if (photo === undefined) throw new Error('nothing was uploaded')
    await expectLeft(gps, { bytes: photo.bytes, mimeType: photo.contentType })
  }
  expect(
    [sent.image_url, ...sent.image_urls].every((url) => url.startsWith('https://v3b.fal.media/')),
  ).toBe(true)
  expect(JSON.stringify(sent)).not.toContain(home.path)
  expect(sent.prompt).toBe('fly')
})

test('run takes a film that was made here by its id, and sends it as it is', async () => {
  const made = await live.call('run', { model: 'fal-ai/veo3.1', input: { prompt: 'a fox' } })
  const { assetId, path, mimeType } = firstOf(made)
  const since = fal.uploads.length
  const input = { prompt: 'again', image_urls: [assetId], video_url: assetId }
  await live.call('run', { model: 'fal-ai/new/edit', input })
  const uploads = left(since)
  expect(uploads.map((upload) => upload.mimeType)).toEqual([mimeType, mimeType])
  expect(mimeType).toMatch(/^video\//)
  for (const { bytes } of uploads) expect(bytes.equals(readFileSync(path))).toBe(true)
})

test.each([
  ['another file of the machine', '/etc/passwd', 'invalid_input'],
  ['an id of nobody', 'asset_0123456789', 'not_found'],
  ['an address of a private network', 'http://10.0.0.1/x.png', 'invalid_input'],
  ['a file that is no image', 'data:image/png;base64,Qk0AAAAAAAAAAAAAAAA=', 'input_unreadable'],
])('run refuses %s in a field of links', async (_, image_url, code) => {
  const jobs = fal.jobs.length
  const answer = await live.call('run', { model: 'fal-ai/new/model', input: { image_url } })
  expect(errorIn(answer)).toMatchObject({ code, charged: { micro: 0 } })
  expect(fal.jobs).toHaveLength(jobs)
})

test('run takes ten files of ours and not eleven', async () => {
  const { assetId } = firstOf(await live.call('generateImage', CHEAP))
  const input = { image_urls: Array.from({ length: 11 }, () => assetId) }
  const answer = await live.call('run', { model: 'fal-ai/new/model', input })
  expect(errorIn(answer)?.code).toBe('invalid_input')
})

test('over stdio, in live mode, a phone photo arrives at fal upright and without its place', async () => {
  await using own = await startFalEmulator()
  using place = liveHome(own)
  const file = named('gps.jpg')
  const image = join(place.path, 'IMG_0001.jpg')
  writeFileSync(image, file.bytes)
  const client: TestClient = await connectV2(place)
  try {
    const answer = await client.call('editImage', { prompt: 'bluer', image, preview: false })
    expect(answer.structuredContent).toMatchObject({ status: 'completed', mode: 'live' })
  } finally {
    await client[Symbol.asyncDispose]()
  }
  const [stored] = own.files.filter(({ url }) => url === own.uploads[0]?.fileUrl)
  if (stored === undefined) throw new Error('nothing was uploaded')
  await expectLeft(file, { bytes: stored.bytes, mimeType: stored.contentType })
})
