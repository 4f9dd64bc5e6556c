import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient, type ToolResult } from '../support/clients.ts'
import {
  connectPinned,
  issued,
  openedAccount,
  serveHttp,
  type HttpClient,
  type HttpServer,
} from '../support/http.ts'
import { expectClose, quartersOf } from '../support/odd/looks.ts'
import { leavingOnes, makeOddFiles } from '../support/odd/odd-files.ts'
import { PNG_SUITE } from '../support/odd/png-suite.ts'
import { answerOf, errorOf } from './support.ts'

const FILES = await makeOddFiles()

/** An edit that changes nothing: what comes of it is the picture as local work sees it. */
const NOTHING = { model: 'local/edit', prompt: 'flip vertically, flip vertically', preview: false }

let home: Home
let server: HttpServer
let stdio: TestClient
let http: HttpClient
const ways = ['stdio', 'HTTP'] as const

beforeTests(async (keep) => {
  home = keep(temporaryHome({ INKWELL_MAX_CALLS_PER_MINUTE: '999999', INKWELL_LOG_LEVEL: 'error' }))
  const { key } = await issued(home, await openedAccount(home, 'Ada'))
  server = keep(await serveHttp(home))
  stdio = keep(await connectV2(home))
  http = keep(await connectPinned(server, key))
})

/** Edits a picture: from a file over stdio, as a data: URI over HTTP. */
async function edit(way: (typeof ways)[number], bytes: Buffer, args: object = NOTHING) {
  if (way === 'HTTP') {
    const image = `data:image/png;base64,${bytes.toString('base64')}`
    return await http.call('editImage', { image, ...args })
  }
  const image = join(home.path, 'given.png')
  writeFileSync(image, bytes)
  return await stdio.call('editImage', { image, ...args })
}

type Output = { path: string | null; url: string | null; width: number; height: number }

async function fileOf(result: ToolResult): Promise<Output & { bytes: Buffer }> {
  const [output] = answerOf(result)['outputs'] as [Output]
  const { path, url } = output
  const bytes = path === null ? await download(url ?? '') : readFileSync(path)
  return { ...output, bytes }
}

async function download(url: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer())
}

const inBothWays = <T extends object>(rows: readonly T[]) =>
  ways.flatMap((way) => rows.map((row) => ({ way, ...row })))

test.each(inBothWays(leavingOnes(FILES)))(
  'over $way $name is worked on as a person sees it',
  async ({ way, bytes, quarters, width, height, says }) => {
    const result = await edit(way, bytes)
    const made = await fileOf(result)
    expect(made).toMatchObject({ width, height })
    expectClose(await quartersOf(made.bytes), quarters)
    expect(answerOf(result)['adjusted']).toHaveLength(says === undefined ? 0 : 1)
    expect(result.content[0]?.text).toContain(says ?? '')
  },
)

test.each(inBothWays(FILES.filter(({ refused }) => refused)))(
  'over $way $name is refused with what to do',
  async ({ way, bytes, refused }) => {
    const { code, message, hint } = errorOf(await edit(way, bytes))
    expect(code).toBe('input_unreadable')
    expect(`${message} ${hint}`).toMatch(refused ?? /never/)
  },
)

test.each(inBothWays(PNG_SUITE.filter(({ rgba }) => rgba !== null)))(
  'over $way a PNG with $name goes through local work to the last pixel',
  async ({ way, bytes, rgba }) => {
    const made = await fileOf(await edit(way, bytes))
    const pixels = await sharp(made.bytes).ensureAlpha().raw({ depth: 'uchar' }).toBuffer()
    expect(pixels.equals(rgba ?? Buffer.alloc(0))).toBe(true)
  },
)

test.each(inBothWays(PNG_SUITE.filter(({ rgba }) => rgba === null)))(
  'over $way a PNG with $name is refused',
  async ({ way, bytes }) => {
    expect(errorOf(await edit(way, bytes)).code).toMatch(/^(input_unreadable|invalid_input)$/)
  },
)

const TALL = { width: 3, height: 20_000, channels: 3, background: '#357' } as const

test.each([
  ['tone', 'grayscale', '3 x 20000'],
  ['size', 'rotate left', '20000 x 3'],
])(
  'a result too long for WebP is refused as bad input where an edit changes its %s',
  async (_, prompt, size) => {
    const tall = await sharp({ create: TALL }).png().toBuffer()
    const args = { ...NOTHING, prompt, outputFormat: 'webp' }
    const { code, message, hint } = errorOf(await edit('stdio', tall, args))
    expect(code).toBe('invalid_input')
    expect(message).toContain(size)
    expect(message).toContain('16,383')
    expect(hint).toContain('PNG')
    expect(answerOf(await edit('stdio', tall, { ...args, outputFormat: 'png' }))).toMatchObject({
      status: 'completed',
    })
    expect(
      answerOf(await edit('stdio', tall, { ...args, prompt: `${prompt}, resize to 30x30` })),
    ).toMatchObject({ status: 'completed' })
  },
)

test('a result too long for JPEG, and one that grows too large, are refused as bad input', async () => {
  const long = await sharp({ create: { ...TALL, height: 65_501 } })
    .png()
    .toBuffer()
  const jpeg = errorOf(await edit('stdio', long, { ...NOTHING, outputFormat: 'jpeg' }))
  expect(jpeg).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('65,500') })
  const strip = await sharp({ create: { ...TALL, width: 1_000, height: 20_000 } })
    .png()
    .toBuffer()
  const grown = errorOf(await edit('stdio', strip, { ...NOTHING, prompt: 'rotate 45 degrees' }))
  expect(grown).toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('64 megapixels'),
  })
})
