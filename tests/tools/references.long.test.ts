import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { plainPicture, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'
import { scene } from '../support/odd/parts.ts'
import { answerOf, errorOf } from './support.ts'

let home: Home
let elsewhere: Home
let client: TestClient
let picture: string
let made: Made

type Output = { assetId: string; uri: string; path: string; url: string | null }
type Made = Output & { id: string }

/** Makes a picture with a subject before a plain backdrop, which every tool can work on. */
async function makeOne(by: Pick<TestClient, 'call'>, image: string): Promise<Made> {
  const edit = { model: 'local/edit', prompt: 'sharpen', image, preview: false }
  const { id, outputs } = answerOf(await by.call('editImage', edit)) as {
    id: string
    outputs: [Output]
  }
  return { id, ...outputs[0] }
}

beforeTests(async (keep) => {
  home = keep(temporaryHome({ INKWELL_MAX_CALLS_PER_MINUTE: '9999' }))
  elsewhere = keep(temporaryHome())
  client = keep(await connectV2(home))
  picture = await plainPicture(home)
  made = await makeOne(client, picture)
})

/** Every form in which a result names its file. */
const FORMS: readonly [form: string, of: (file: Made) => string][] = [
  ['id', ({ assetId }) => assetId],
  ['generation', ({ id }) => id],
  ['uri', ({ uri }) => uri],
  ['path', ({ path }) => path],
  ['resource URI', ({ assetId }) => `inkwell://assets/${assetId}`],
]

const CALLS: readonly [tool: string, args: (reference: string) => object][] = [
  ['editImage', (image) => ({ model: 'local/edit', prompt: 'grayscale', image })],
  ['editImage', (image) => ({ model: 'local/edit', prompt: 'grayscale', images: [image] })],
  ['removeBackground', (image) => ({ model: 'local/cutout', image })],
  ['upscale', (image) => ({ model: 'local/upscale', scale: 1, image })],
  ['run', (image_url) => ({ model: 'fal-ai/some/model', input: { image_url } })],
]

test.each(FORMS.flatMap(([form, of]) => CALLS.map(([tool, args]) => ({ form, of, tool, args }))))(
  'the $form of a result is taken back by $tool',
  async ({ of, tool, args }) => {
    const answer = await client.call(tool, { ...args(of(made)), preview: false })
    expect(answerOf(answer)).toMatchObject({ status: 'completed' })
  },
)

test.each(FORMS)(
  'the %s of a result is shown by viewImage and looked up by getGeneration',
  async (_, of) => {
    const shown = await client.call('viewImage', { id: of(made) })
    expect(shown.content[0]).toMatchObject({ type: 'image' })
    expect(shown.content[1]?.text).toContain(made.assetId)
    expect(answerOf(await client.call('getGeneration', { id: of(made) }))).toMatchObject({
      id: made.id,
      outputs: [{ assetId: made.assetId }],
    })
  },
)

test('viewImage and getGeneration refuse an invalid reference without repeating it', async () => {
  const png = (await scene().png().toBuffer()).toString('base64')
  for (const tool of ['viewImage', 'getGeneration']) {
    for (const id of [
      'nothing',
      '/etc/passwd',
      'file:///etc/passwd',
      'https://e.com/a.png?sig=hush',
      png,
      `data:image/png;base64,${png}`,
    ]) {
      const error = errorOf(await client.call(tool, { id }))
      expect(error).toMatchObject({ code: 'not_found', hint: expect.stringContaining('asset_') })
      expect(error.message).not.toMatch(/hush|iVBOR/)
    }
  }
})

test('files of results are accepted by path and URI, even outside the input folders', async () => {
  await using narrow = await connectV2(home, { INKWELL_INPUT_DIRS: elsewhere.path })
  const edit = { model: 'local/edit', prompt: 'grayscale', preview: false }
  for (const image of [made.path, made.uri])
    expect(answerOf(await narrow.call('editImage', { ...edit, image }))).toMatchObject({
      status: 'completed',
    })
  const outside = await narrow.call('editImage', { ...edit, image: picture })
  expect(errorOf(outside).code).toBe('invalid_input')
})

test('a link that a server on the same ledger signed is taken over stdio as long as it opens its file', async () => {
  await using server = await serveHttp(home)
  const { key } = await issued(home, await openedAccount(home, 'Ada'))
  await using over = await connectPinned(server, key)
  const data = `data:image/png;base64,${readFileSync(picture, 'base64')}`
  const { url, assetId } = await makeOne(over, data)
  const edit = { model: 'local/edit', prompt: 'grayscale', preview: false }
  expect(answerOf(await client.call('editImage', { ...edit, image: url }))).toMatchObject({
    status: 'completed',
  })
  expect((await client.call('viewImage', { id: url })).content[0]).toMatchObject({ type: 'image' })
  expect(errorOf(await client.call('getGeneration', { id: url })).code).toBe('not_found')
  const tampered = String(url).replace(/signature=.{8}/, 'signature=AAAAAAAA')
  expect(errorOf(await client.call('editImage', { ...edit, image: tampered })).code).toBe(
    'invalid_input',
  )
  expect(errorOf(await client.call('editImage', { ...edit, image: assetId })).code).toBe(
    'not_found',
  )
})

const BASE64 = [
  ['image/png', 'iVBORw0KGgo'],
  ['image/jpeg', '/9j/4AAQSkZJRg'],
  ['image/webp', 'UklGRiQAAABXRUJQ'],
  ['image/gif', 'R0lGODlhAQABAAAAACw='],
] as const

test.each(
  BASE64.flatMap(([type, start]) => [8, 5_000, 200_000].map((length) => ({ type, start, length }))),
)(
  'bare base64 of $type with $length more characters is explained and not repeated, in every tool',
  async ({ type, start, length }) => {
    const image = `${start}${'Ab9/'.repeat(length / 4)}`
    for (const [tool, args] of CALLS) {
      const answer = await client.call(tool, args(image))
      const error = errorOf(answer)
      expect(error.code).toBe('invalid_input')
      expect(error.hint).toContain(`data:${type};base64,`)
      expect(JSON.stringify(answer)).not.toContain('Ab9/')
    }
  },
)

test('a file whose name begins like base64 is a file', async () => {
  const path = await plainPicture(home, 'R0lGODlh.png')
  expect(
    answerOf(
      await client.call('upscale', {
        model: 'local/upscale',
        scale: 1,
        image: path,
        preview: false,
      }),
    ),
  ).toMatchObject({ status: 'completed' })
})
