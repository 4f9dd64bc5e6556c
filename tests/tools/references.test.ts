import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { plainPicture, temporaryHome, type Home } from '../support/app.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'
import { scene } from '../support/odd/parts.ts'
import { answerOf, errorOf } from './support.ts'

let home: Home
let elsewhere: Home
let client: TestClient
let made: Made

type Output = { assetId: string; uri: string; path: string; url: string | null }
type Made = Output & { id: string }

const DRAFT = {
  model: 'local/draft',
  prompt: 'a tile',
  imageSize: { width: 64, height: 64 },
  preview: false,
}

async function draft(by: Pick<TestClient, 'call'>): Promise<Made> {
  const { id, outputs } = answerOf(await by.call('generateImage', DRAFT)) as {
    id: string
    outputs: [Output]
  }
  return { id, ...outputs[0] }
}

beforeAll(async () => {
  home = temporaryHome({ INKWELL_MAX_CALLS_PER_MINUTE: '9999' })
  elsewhere = temporaryHome()
  client = await connectV2(home)
  made = await draft(client)
  const picture = await scene().png().toBuffer()
  const put = (path: string): void => {
    mkdirSync(dirname(join(home.path, path)), { recursive: true })
    writeFileSync(join(home.path, path), picture)
  }
  for (const path of NAMES) put(path)
  writeFileSync(join(elsewhere.path, 'secret.png'), picture)
  symlinkSync(elsewhere.path, join(home.path, 'way out'))
})

afterAll(async () => {
  await client[Symbol.asyncDispose]()
  for (const one of [home, elsewhere]) one[Symbol.dispose]()
})

/** A narrow space, a wide one, letters composed in both ways, a mark that nobody sees, and names that need care in a URL. */
const NAMES = [
  'Screenshot at 4.54.10\u202fPM.png',
  'two\u00a0words.png',
  'cafe\u0301.png',
  'na\u00efve.png',
  'mark\u200ed.png',
  'a b.png',
  '100% #1?.png',
  "it's.png",
  'my\u00a0folder/inner.png',
  'photo-001.png',
]

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
    const error = (answer.structuredContent as { error?: { message: string } })['error']
    // A tile without a subject cannot be cut out; that it was looked at is what counts here.
    if (tool === 'removeBackground' && error !== undefined)
      expect(error.message).toContain('subject')
    else expect(answerOf(answer)).toMatchObject({ status: 'completed' })
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

test('what is no reference of ours is told so by viewImage and getGeneration, without being repeated', async () => {
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

test('the own files are taken back by path and uri though the folders of inputs are others', async () => {
  await using narrow = await connectV2(home, { INKWELL_INPUT_DIRS: elsewhere.path })
  const edit = { model: 'local/edit', prompt: 'grayscale', preview: false }
  for (const image of [made.path, made.uri])
    expect(answerOf(await narrow.call('editImage', { ...edit, image }))).toMatchObject({
      status: 'completed',
    })
  const outside = await narrow.call('editImage', { ...edit, image: join(home.path, 'a b.png') })
  expect(errorOf(outside).code).toBe('invalid_input')
})

test('a link that a server on the same ledger signed is taken over stdio as long as it opens its file', async () => {
  await using server = await serveHttp(home)
  const { key } = await issued(home, await openedAccount(home, 'Ada'))
  await using over = await connectPinned(server, key)
  const { url, assetId } = await draft(over)
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

const inHome = (path: string) => join(home.path, path)

test.each<[what: string, of: () => string]>([
  ['a plain space for a narrow one', () => inHome('Screenshot at 4.54.10 PM.png')],
  ['the narrow space itself', () => inHome('Screenshot at 4.54.10\u202fPM.png')],
  ['a plain space for a hard one', () => inHome('two words.png')],
  ['a composed letter', () => inHome('caf\u00e9.png')],
  ['a letter in parts', () => inHome('nai\u0308ve.png')],
  ['no mark', () => inHome('markd.png')],
  ['a mark in front, as copied on Windows', () => `\u202a${inHome('a b.png')}`],
  ['a folder with another space', () => inHome('my folder/inner.png')],
  ['double quotes', () => `"${inHome('a b.png')}"`],
  ['single quotes', () => `'${inHome('a b.png')}'`],
  ['backquotes', () => `\`${inHome('a b.png')}\``],
  ['typographic quotes', () => `“${inHome('a b.png')}”`],
  ['a quote in the name', () => inHome("it's.png")],
  ['backslashes before spaces', () => inHome('a\\ b.png')],
  ['the home folder', () => '~/a b.png'],
  ['the home folder in quotes', () => '"~/a b.png"'],
  ['a file: URL', () => pathToFileURL(inHome('a b.png')).href],
  ['a file: URL with every character escaped', () => pathToFileURL(inHome('100% #1?.png')).href],
  ['a file: URL that was never escaped', () => `file://${inHome('100% #1?.png')}`],
  ['a file: URL with spaces', () => `file://${inHome('a b.png')}`],
  [
    'a file: URL of localhost',
    () => `file://localhost${pathToFileURL(inHome('a b.png')).pathname}`,
  ],
  ['a file: URL with one slash', () => `file:${inHome('a b.png')}`],
  ['a file: URL in capitals', () => `FILE://${inHome('a%20b.png')}`],
  [
    'a file: URL with a plain space for a narrow one',
    () => pathToFileURL(inHome('Screenshot at 4.54.10 PM.png')).href,
  ],
])('a path written with %s is found', async (_, of) => {
  const answer = await client.call('upscale', {
    model: 'local/upscale',
    scale: 1,
    image: of(),
    preview: false,
  })
  expect(answerOf(answer)).toMatchObject({ outputs: [{ width: 48, height: 32 }] })
})

test.each([
  ['photo001.png', 'photo-001.png'],
  ['Photo-0001.PNG', 'photo-001.png'],
  ['my folder/iner.png', 'inner.png'],
  ['my foldr/inner.png', 'my\u00a0folder'],
])('the refusal of %s names the nearest there is', async (name, near) => {
  const error = errorOf(await client.call('upscale', { image: inHome(name) }))
  expect(error).toMatchObject({
    code: 'input_unreadable',
    hint: expect.stringContaining(`"${near}"`),
  })
})

test('no name outside the folders is ever told or found, however it is written', async () => {
  const near = join(elsewhere.path, 'secre.png')
  const ways = [
    near,
    `"${near}"`,
    `file://${near}`,
    inHome('way out/secret.png'),
    inHome('way out/secre.png'),
    pathToFileURL(inHome('way out/secret.png')).href,
    `file://${home.path}/%2e%2e/${basename(elsewhere.path)}/secret.png`,
  ]
  for (const image of ways) {
    const error = errorOf(await client.call('upscale', { image }))
    expect(['invalid_input', 'input_unreadable']).toContain(error.code)
    expect(error.hint).not.toContain('secret')
  }
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
      if (tool === 'run' && length > 5_000) continue // its input is bounded elsewhere
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
