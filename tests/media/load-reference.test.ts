import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createImageLoader } from '../../src/media/load.ts'
import { failure, picture, tempFolder } from './support.ts'

const live = new AbortController().signal
const png = await picture()
const base64 = png.toString('base64')
const percent = [...png].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

function loaderOver(transport: 'stdio' | 'http', assets: Record<string, string> = {}) {
  return createImageLoader({
    inputDirs: [process.cwd()],
    allowPaths: transport === 'stdio',
    readSaved: async (id) => (assets[id] === undefined ? null : await readFile(assets[id])),
  })
}

test.each([
  ['base64', `data:image/png;base64,${base64}`],
  ['base64 in upper-case words', `DATA:IMAGE/PNG;BASE64,${base64}`],
  ['base64 with a parameter', `data:image/png;name=a.png;base64,${base64}`],
  ['base64 without padding', `data:image/png;base64,${base64.replace(/=+$/, '')}`],
  ['base64 in lines', `data:image/png;base64,${base64.replace(/.{40}/g, '$&\r\n')}`],
  ['base64 with escapes', `data:image/png;base64,${encodeURIComponent(base64)}`],
  ['percent-encoded bytes', `data:image/png,${percent}`],
  ['a media type that lies', `data:text/html;base64,${base64}`],
  ['no media type', `data:;base64,${base64}`],
  ['a space in front', ` data:image/png;base64,${base64}`],
])('a data URI with %s is loaded', async (_what, reference) => {
  const image = await loaderOver('http').load(reference, live)
  expect(image).toMatchObject({ mimeType: 'image/png', width: 40, height: 30 })
  expect(Buffer.compare(image.bytes, png)).toBe(0)
  expect(image.name).not.toMatch(/data:|base64/)
})

test.each([
  ['no comma', 'data:image/png;base64', 'invalid_input'],
  ['nothing in it', 'data:image/png;base64,', 'invalid_input'],
  ['letters that are not base64', 'data:image/png;base64,iVBOR*w0KGgo', 'invalid_input'],
  ['an impossible length', 'data:image/png;base64,iVBOR', 'invalid_input'],
  ['padding in the middle', 'data:image/png;base64,iV==BORw', 'invalid_input'],
  ['characters beyond ASCII', 'data:image/png,é', 'invalid_input'],
  ['text', 'data:text/plain,hello', 'input_unreadable'],
  ['SVG', 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg"/%3E', 'input_unreadable'],
  ['a cut-off image', `data:image/png;base64,${base64.slice(0, 80)}`, 'input_unreadable'],
])('a data URI with %s is refused without being repeated', async (_what, reference, code) => {
  const refusal = await failure(loaderOver('stdio').load(reference, live))
  expect(refusal.code).toBe(code)
  expect(refusal.message).not.toContain('data:')
})

test('a data URI may hold 10 MiB and not a byte more', async () => {
  const padded = Buffer.concat([png, Buffer.alloc(10 * 1024 * 1024 - png.length)])
  const fits = `data:image/png;base64,${padded.toString('base64')}`
  expect((await loaderOver('http').load(fits, live)).width).toBe(40)
  const over = Buffer.concat([padded, Buffer.alloc(1)]).toString('base64')
  const refusal = await failure(loaderOver('http').load(`data:image/png;base64,${over}`, live))
  expect(refusal).toMatchObject({ code: 'invalid_input' })
  expect(refusal.message).toContain('10 MiB')
})

test('a compressed archive in place of an image is refused quickly', async () => {
  const archive = gzipSync(Buffer.alloc(200_000_000)).toString('base64')
  const before = performance.now()
  const refusal = await failure(loaderOver('http').load(`data:image/png;base64,${archive}`, live))
  expect(refusal.code).toBe('input_unreadable')
  expect(performance.now() - before).toBeLessThan(1_000)
})

test.each([
  ['http', 'http://images.example/a.png', /https/],
  ['file', 'file:///etc/passwd', /Move it into/],
  ['ftp', 'ftp://images.example/a.png', /https/],
  ['javascript', 'javascript:alert(1)', /https/],
  ['an unknown scheme', 'blob:https://images.example/1', /https/],
])('%s URLs are refused with the next step', async (_what, reference, hint) => {
  const refusal = await failure(loaderOver('stdio').load(reference, live))
  expect(refusal.code).toBe('invalid_input')
  expect(refusal.hint).toMatch(hint)
})

test.each(['', '   ', 'a\0b.png', 'x'.repeat(400_000)])(
  'nonsense is refused and hardly repeated (%#)',
  async (reference) => {
    const refusal = await failure(loaderOver('stdio').load(reference, live))
    expect(refusal.code).toBe('invalid_input')
    expect(refusal.hint).toContain('data: URI')
    expect(refusal.message.length).toBeLessThan(220)
  },
)

test.each([
  '/etc/passwd',
  'a.png',
  './a.png',
  'C:\\images\\a.png',
  '\\\\host\\share\\a.png',
  '~/a',
])('over HTTP the path %s is refused', async (reference) => {
  const refusal = await failure(loaderOver('http').load(reference, live))
  expect(refusal.code).toBe('invalid_input')
  expect(refusal.hint).toMatch(/https: URL.*data: URI.*asset_/)
})

test('a message never repeats the query of a URL or control characters', async () => {
  const refusal = await failure(
    loaderOver('stdio').load('http://me:pass@host.example/a.png?X-Signature=hush#x', live),
  )
  expect(refusal.message).toContain('http://host.example/a.png')
  expect(refusal.message).not.toMatch(/hush|pass/)
  const noisy = await failure(loaderOver('http').load('a\u001b[31m\nb\u202e.png', live))
  expect(noisy.message).toContain('"a?[31m?b?.png"')
})

test.each(['asset_01abc', 'gen_01abc'])('the saved file of %s is loaded', async (id) => {
  await using folder = await tempFolder()
  const path = join(folder.path, 'saved.png')
  await writeFile(path, png)
  const image = await loaderOver('http', { [id]: path }).load(id, live)
  expect(image).toMatchObject({ width: 40, name: id })
})
