import { fileTypeFromBuffer } from 'file-type'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { CATALOG } from '../../../src/pricing/catalog.ts'
import { startFalEmulator } from './emulator.ts'
import { call, download, run, SCHNELL, upload } from './client.ts'

test.each([
  { what: 'a missing field', input: {}, type: 'missing', loc: ['body', 'prompt'] },
  {
    what: 'a word outside an enum',
    input: { prompt: 'a', output_format: 'webp' },
    type: 'literal_error',
    loc: ['body', 'output_format'],
  },
  {
    what: 'a wrong type',
    input: { prompt: 'a', num_images: 'two' },
    type: 'float_type',
    loc: ['body', 'num_images'],
  },
  {
    what: 'an unknown preset',
    input: { prompt: 'a', image_size: 'huge' },
    type: 'literal_error',
    loc: ['body', 'image_size'],
  },
  { what: 'no JSON object', input: 'text', type: 'model_attributes_type', loc: ['body'] },
])('$what is accepted, and refused at the result for nothing', async ({ input, type, loc }) => {
  await using fal = await startFalEmulator()
  const { status, headers, body } = await run(fal, SCHNELL, input)
  expect(status).toBe(422)
  expect(headers.get('x-fal-billable-units')).toBe('0')
  expect(body['detail']).toContainEqual(expect.objectContaining({ type, loc }))
  expect(fal.jobs[0]).toMatchObject({ ending: 'invalid', ran: false })
  expect(fal.charges).toEqual([])
})

test('fields a model does not know are ignored and noted', async () => {
  await using fal = await startFalEmulator()
  await run(fal, 'fal-ai/flux-2-flex', { prompt: 'a', num_images: 2 })
  expect(fal.jobs[0]).toMatchObject({ ending: 'ok', ignored: ['num_images'] })
  expect(fal.jobs[0]?.files).toHaveLength(1)
})

test.each([
  { id: 'fal-ai/recraft/v4/pro/text-to-image', more: {}, mime: 'image/webp', micro: 250_000 },
  { id: 'fal-ai/ideogram/v3', more: { image_size: 'square' }, mime: 'image/png', micro: 60_000 },
  { id: 'fal-ai/nano-banana-2', more: { resolution: '0.5K' }, mime: 'image/png', micro: 60_000 },
  { id: 'fal-ai/flux-general', more: { image_size: 'square' }, mime: 'image/png', micro: 75_000 },
  {
    id: 'fal-ai/lora',
    more: { model_name: 'a/b', image_size: 'square', image_format: 'jpeg' },
    mime: 'image/jpeg',
    micro: 4200,
  },
  {
    id: 'fal-ai/minimax/hailuo-02/standard/text-to-video',
    more: { duration: '10' },
    mime: 'video/mp4',
    micro: 450_000,
  },
  {
    id: 'fal-ai/kling-video/v2.5-turbo/pro/text-to-video',
    more: {},
    mime: 'video/mp4',
    micro: 350_000,
  },
  {
    id: 'fal-ai/kling-video/v3/pro/text-to-video',
    more: { generate_audio: false },
    mime: 'video/mp4',
    micro: 560_000,
  },
  { id: 'fal-ai/veo3.1', more: {}, mime: 'video/mp4', micro: 3_200_000 },
  {
    id: 'fal-ai/sora-2/text-to-video/pro',
    more: { duration: 4 },
    mime: 'video/mp4',
    micro: 2_000_000,
  },
  {
    id: 'fal-ai/minimax/speech-02-hd',
    more: { text: 'x'.repeat(500), output_format: 'url' },
    mime: 'audio/mpeg',
    micro: 50_000,
  },
])('$id makes $mime at its upstream price', async ({ id, more, mime, micro }) => {
  await using fal = await startFalEmulator()
  const { status } = await run(fal, id, { prompt: 'a', ...more })
  expect([status, fal.spentMicro()]).toEqual([200, micro])
  const first = await download(fal, fal.jobs[0]?.files[0] ?? '')
  expect(await fileTypeFromBuffer(first)).toMatchObject({ mime })
})

test.each([
  { id: 'fal-ai/flux-pro/kontext', many: false, size: [60, 40], dims: [60, 40] },
  { id: 'fal-ai/nano-banana-2/edit', many: true, size: [1256, 840], dims: [null, null] },
  { id: 'reve/2.1/edit', many: false, size: [60, 40], dims: [60, 40] },
  { id: 'fal-ai/birefnet', many: false, size: [60, 40], dims: [60, 40] },
  { id: 'fal-ai/bria/background/remove', many: false, size: [60, 40], dims: [60, 40] },
  { id: 'bria/upscale/creative', many: false, size: [120, 80], dims: [120, 80] },
  { id: 'fal-ai/topaz/upscale/image', many: false, size: [120, 80], dims: [undefined, undefined] },
])('$id works on an uploaded picture', async ({ id, many, size, dims }) => {
  await using fal = await startFalEmulator()
  const url = await upload(fal)
  const input = many ? { image_urls: [url] } : { image_url: url }
  const { body } = await run(fal, id, { prompt: 'a', ...input })
  const [image = body['image']] = (body['images'] ?? []) as unknown[]
  const file = image as Record<string, unknown>
  expect([file['width'], file['height']]).toEqual(dims)
  const made = await sharp(await download(fal, String(file['url']))).metadata()
  expect([made.width, made.height]).toEqual(size)
  expect(made.hasAlpha).toBe(id.includes('birefnet') || id.includes('background'))
})

test('every model of the catalogue that fal serves is served here', async () => {
  await using fal = await startFalEmulator()
  const endpoints = CATALOG.flatMap(({ endpoint }) => endpoint ?? [])
  const query = endpoints.map((id) => `endpoint_id=${encodeURIComponent(id)}`).join('&')
  const { body } = await call(fal, `https://api.fal.ai/v1/models/pricing?${query}`)
  expect(body['prices']).toHaveLength(endpoints.length)
  expect(body['prices']).toContainEqual({
    endpoint_id: SCHNELL,
    unit: 'megapixels',
    unit_price: 0.003,
    currency: 'USD',
  })
})

test.each([
  { url: 'https://192.168.0.1/cat.png', type: 'file_download_error' },
  { url: 'https://nowhere.example/cat.png', type: 'file_download_error' },
  { url: 'file:///etc/passwd', type: 'file_download_error' },
  { url: 'data:image/png;base64,aGVsbG8=', type: 'image_load_error' },
])('an input picture at $url ends in $type', async ({ url, type }) => {
  await using fal = await startFalEmulator()
  const { status, body } = await run(fal, 'fal-ai/birefnet', { image_url: url })
  expect(status).toBe(422)
  expect(body['detail']).toMatchObject([{ type, loc: ['body', 'image_url'] }])
})
