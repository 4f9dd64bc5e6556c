import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { scene } from '../support/odd/parts.ts'
import { answerOf, errorOf } from './support.ts'

let home: Home
let elsewhere: Home
let client: TestClient

beforeTests(async (keep) => {
  home = keep(temporaryHome({ INKWELL_MAX_CALLS_PER_MINUTE: '9999' }))
  elsewhere = keep(temporaryHome())
  client = keep(await connectV2(home))
  const picture = await scene().png().toBuffer()
  for (const path of NAMES.map(inHome)) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, picture)
  }
  writeFileSync(join(elsewhere.path, 'secret.png'), picture)
  symlinkSync(elsewhere.path, inHome('way out'))
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

test('no file name outside the folders is ever shown or found, however it is written', async () => {
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
