import { fileTypeFromBuffer } from 'file-type'
import { expect, test } from 'vitest'
import { startFalEmulator, type FalEmulator, type Fault } from './emulator.ts'
import { call, download, post, run, SCHNELL, upload } from './client.ts'

/** The error of a connection that breaks. */
const BROKEN = /fetch failed|terminated/

test.each<{ fault: Fault; shown: (fal: FalEmulator, url: string) => Promise<unknown> }>([
  {
    fault: { kind: 'oversized', bytes: 2_000_000 },
    shown: async (fal, url) => (await download(fal, url)).length === 2_000_000,
  },
  {
    fault: { kind: 'oversized', bytes: 2_000_000, declared: true },
    shown: async (fal, url) => (await download(fal, url)).length === 2_000_000,
  },
  {
    fault: { kind: 'redirect' },
    shown: async (fal, url) =>
      (await typeAt(fal, url)) === 'image/jpeg' &&
      fal.requests.at(-1)?.host === 'elsewhere.example',
  },
  {
    fault: { kind: 'expired' },
    shown: async (fal, url) => (await call(fal, url, { key: null })).status === 404,
  },
  {
    fault: { kind: 'htmlFile' },
    shown: async (fal, url) => String(await download(fal, url)).startsWith('<html>'),
  },
  {
    fault: { kind: 'wrongFileType', contentType: 'text/plain' },
    shown: async (fal, url) => {
      const { headers } = await call(fal, url, { key: null })
      return headers.get('content-type') === 'text/plain'
    },
  },
])('a download that meets $fault.kind shows it, once', async ({ fault, shown }) => {
  await using fal = await startFalEmulator({ faults: [fault] })
  await run(fal, SCHNELL, { prompt: 'a' })
  const url = fal.jobs[0]?.files[0] ?? ''
  expect(await shown(fal, url)).toBe(true)
  expect(await typeAt(fal, url)).toBe('image/jpeg')
})

test.each<{ fault: Fault }>([
  { fault: { kind: 'truncated' } },
  { fault: { kind: 'reset', at: 'file' } },
])('a download that meets $fault.kind breaks, once', async ({ fault }) => {
  await using fal = await startFalEmulator({ faults: [fault] })
  await run(fal, SCHNELL, { prompt: 'a' })
  const url = fal.jobs[0]?.files[0] ?? ''
  await expect(download(fal, url)).rejects.toThrow(BROKEN)
  expect(await typeAt(fal, url)).toBe('image/jpeg')
})

async function typeAt(fal: FalEmulator, url: string): Promise<string | undefined> {
  return (await fileTypeFromBuffer(await download(fal, url)))?.mime
}

test('an upload needs its signature and can be read without a key', async () => {
  await using fal = await startFalEmulator()
  const url = await upload(fal)
  expect(url).toMatch(/^https:\/\/v3b\.fal\.media\/files\/b\/[\da-f]{8}\/[\w-]+_in\.png$/)
  expect(fal.uploads).toMatchObject([{ name: 'in.png', contentType: 'image/png' }])
  expect((await download(fal, url)).length).toBe(fal.uploads[0]?.bytes)
  expect((await call(fal, url, { method: 'PUT', body: 'x', key: null })).status).toBe(403)
  fal.expireFiles()
  expect((await call(fal, url, { key: null })).status).toBe(404)
})

test('an upload in parts is one file in the order of its parts', async () => {
  await using fal = await startFalEmulator()
  const address = 'https://rest.fal.ai/storage/upload/initiate-multipart'
  const { body } = await post(fal, address, { file_name: 'a.bin', content_type: 'a/b' })
  const [base, signature] = String(body['upload_url']).split('?')
  const send = (part: string, method: string, text: string) =>
    call(fal, `${base ?? ''}/${part}?${signature ?? ''}`, { method, body: text, key: null })
  expect((await send('2', 'PUT', 'world')).body).toMatchObject({ partNumber: 2 })
  await send('1', 'PUT', 'hello ')
  expect((await send('complete', 'POST', '{"parts":[]}')).status).toBe(200)
  expect(String(await download(fal, body['file_url']))).toBe('hello world')
})
