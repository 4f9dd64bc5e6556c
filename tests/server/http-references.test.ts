import { expect } from 'vitest'
import { bearer, connectHttp1, connectPinned, type HttpClient, type Json } from '../support/http.ts'
import { scene } from '../support/odd/parts.ts'
import { FILE, keep, withServer } from '../support/with-server.ts'
import { answerOf, errorOf } from '../tools/support.ts'

type Output = { assetId: string; uri: string; path: string | null; url: string }
type Made = Output & { id: string }

const EDIT = { model: 'local/edit', prompt: 'grayscale', preview: false }

async function draft(by: HttpClient): Promise<Made> {
  const { id, outputs } = answerOf(
    await by.call('generateImage', {
      model: 'local/draft',
      prompt: 'a tile',
      imageSize: { width: 64, height: 64 },
      preview: false,
    }),
  ) as { id: string; outputs: [Output] }
  return { id, ...outputs[0] }
}

const test = withServer({ INKWELL_MAX_CALLS_PER_MINUTE: '9999', INKWELL_LOG_LEVEL: 'error' })
  .extend('ada', FILE, async ({ server, key }, fixture) =>
    keep(await connectPinned(server, key), fixture),
  )
  .extend('eve', FILE, async ({ server, keyFor }, fixture) =>
    keep(await connectHttp1(server, (await keyFor('Eve')).key), fixture),
  )
  .extend('made', FILE, ({ ada }) => draft(ada))

const LINK = /signature=.{8}/

/** Every form in which a result over HTTP names its file, and what becomes of a link in other hands. */
const FORMS: readonly [form: string, of: (file: Made) => string][] = [
  ['id', ({ assetId }) => assetId],
  ['generation', ({ id }) => id],
  ['uri', ({ uri }) => uri],
  ['url', ({ url }) => url],
  ['address without its signature', ({ url }) => url.replace(/\?.*/, '')],
  ['url with a wrong signature', ({ url }) => url.replace(LINK, 'signature=AAAAAAAA')],
  ['url that has run out', ({ url }) => url.replace(/expires=\d+/, 'expires=1000000000')],
  ['url by another name of this server', ({ url }) => url.replace('127.0.0.1', 'localhost')],
  ['url behind a proxy', ({ url }) => `https://images.example${new URL(url).pathname}`],
]

test.for(FORMS)('the %s of a result is taken back by every tool', async ([, of], { ada, made }) => {
  const image = of(made)
  expect(answerOf(await ada.call('editImage', { ...EDIT, image }))).toMatchObject({
    status: 'completed',
  })
  expect((await ada.call('viewImage', { id: image })).content[0]).toMatchObject({ type: 'image' })
  expect(answerOf(await ada.call('getGeneration', { id: image }))).toMatchObject({ id: made.id })
  const run = { model: 'fal-ai/some/model', input: { image_url: image }, preview: false }
  expect(answerOf(await ada.call('run', run))).toMatchObject({ status: 'completed' })
})

test('a link of another account is taken as long as it opens its file, and tells nothing more', async ({
  eve,
  made,
}) => {
  expect(answerOf(await eve.call('editImage', { ...EDIT, image: made.url }))).toMatchObject({
    status: 'completed',
  })
  expect((await eve.call('viewImage', { id: made.url })).content[0]).toMatchObject({
    type: 'image',
  })
  expect(errorOf(await eve.call('getGeneration', { id: made.url })).code).toBe('not_found')
})

test.for([
  ['id', (file) => file.assetId, 'not_found'],
  ['generation', (file) => file.id, 'not_found'],
  ['uri', (file) => file.uri, 'not_found'],
  ['address without its signature', (file) => file.url.replace(/\?.*/, ''), 'unauthorized'],
  [
    'url with a wrong signature',
    (file) => file.url.replace(LINK, 'signature=AAAAAAAA'),
    'unauthorized',
  ],
  [
    'url that has run out',
    (file) => file.url.replace(/expires=\d+/, 'expires=1000000000'),
    'unauthorized',
  ],
] as [string, (made: Made) => string, string][])(
  'the %s of another account is refused',
  async ([, of, code], { eve, made }) => {
    const reference = of(made)
    for (const [tool, args] of [
      ['editImage', { ...EDIT, image: reference }],
      ['viewImage', { id: reference }],
    ] as const) {
      const error = errorOf(await eve.call(tool, args))
      expect(error.code).toBe(code)
      expect(error.message).not.toContain('signature')
    }
  },
)

test('an upload is taken back by its id and URI, and no generation made it', async ({
  server,
  key,
  ada,
}) => {
  const answer = await fetch(`${server.url}/v1/assets`, {
    method: 'POST',
    headers: { ...bearer(key), 'content-type': 'image/png' },
    body: await scene().png().toBuffer(),
  })
  const { id } = (await answer.json()) as Json
  for (const image of [String(id), `inkwell://assets/${String(id)}`])
    expect(answerOf(await ada.call('editImage', { ...EDIT, image }))).toMatchObject({
      status: 'completed',
    })
  const error = errorOf(await ada.call('getGeneration', { id }))
  expect(error).toMatchObject({ code: 'not_found', message: expect.stringContaining('uploaded') })
})

/** What a caller over HTTP cannot use, and words that must not stand in what they are told. */
const NO_USE = /file path|INKWELL_|inkwell |its path/

test.for([
  ['a path', '/home/ada/cat.png', /https: URL.*data: URI.*asset_/],
  ['a relative path', 'cat.png', /https: URL.*data: URI.*asset_/],
  ['a file: URL', 'file:///home/ada/cat.png', /https: URL.*data: URI.*asset_/],
  ['a path of this machine that exists', '/etc/passwd', /https: URL/],
  ['an address of another server here', 'http://127.0.0.1:9/a.png', /data: URI.*asset_/],
  ['an http address', 'http://images.example/a.png', /https: form/],
  ['another scheme', 'ftp://images.example/a.png', /https: URL/],
  ['bare base64', 'iVBORw0KGgoAAAANSUhEUgAA', /data:image\/png;base64,/],
] as const)(
  'over HTTP %s is refused, naming only what can be used there',
  async ([, image, next], { ada }) => {
    const { code, message, hint } = errorOf(await ada.call('editImage', { ...EDIT, image }))
    expect(code).toBe('invalid_input')
    expect(hint).toMatch(next)
    expect(`${message} ${hint.replace('File paths are refused over HTTP.', '')}`).not.toMatch(
      NO_USE,
    )
  },
)

test('no hint suggests https for a loopback address', async ({ ada }) => {
  const image = 'http://127.0.0.1:9/a.png'
  expect(errorOf(await ada.call('editImage', { ...EDIT, image })).hint).not.toContain('https: form')
})

test.for(['nothing', '/etc/passwd', 'file:///etc/passwd'])(
  'viewImage and getGeneration say of %s what they take',
  async (id, { ada }) => {
    for (const tool of ['viewImage', 'getGeneration']) {
      const error = errorOf(await ada.call(tool, { id }))
      expect(error.code).toBe('not_found')
      expect(error.hint).toContain('url')
      expect(error.hint).not.toContain('path')
    }
  },
)
