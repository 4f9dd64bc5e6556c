import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { ProviderRequest } from '../../src/providers/provider.ts'
import { inkwell, temporaryHome, type Home } from '../support/app.ts'
import { make } from '../support/local.ts'

/** A PNG of a few bytes that says it is this large. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const pixels = chunk('IDAT', deflateSync(Buffer.alloc(1_000_000)))
  return Buffer.concat([signature, chunk('IHDR', header), pixels, chunk('IEND', Buffer.alloc(0))])
}

const image = {
  bytes: bomb(30_000, 30_000),
  mimeType: 'image/png',
  // What its header says is a lie to whoever asks only this.
  width: 100,
  height: 100,
  name: 'bomb.png',
}

test.each<ProviderRequest>([
  { operation: 'editImage', model: 'local/edit', count: 1, prompt: 'blur', images: [image] },
  { operation: 'removeBackground', model: 'local/cutout', count: 1, image },
  { operation: 'upscale', model: 'local/upscale', count: 1, image, scale: 2 },
])('a picture that unpacks to gigabytes is refused by $operation', async (request) => {
  await expect(make(request)).rejects.toMatchObject({ code: 'input_unreadable' })
})

/** How high the letters of a text stand that fills the width of a picture, drawn by a process of its own. */
async function letterHeight(home: Home, text: string): Promise<number> {
  const imageSize = { width: 400, height: 300 }
  const args = { prompt: `solid black "${text}"`, model: 'local/draft', imageSize, preview: false }
  const config =
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'
  const path = join(home.path, 'no-fonts.conf')
  writeFileSync(path, config)
  const { stdout, stderr } = await inkwell(
    home,
    ['call', 'generateImage', '--json', JSON.stringify(args)],
    { env: { FONTCONFIG_FILE: path } },
  )
  expect(stderr).not.toContain('error')
  const { structuredContent } = JSON.parse(stdout) as {
    structuredContent: { outputs: { path: string }[] }
  }
  const { info } = await sharp(structuredContent.outputs[0]?.path)
    .trim()
    .toBuffer({ resolveWithObject: true })
  return info.height / info.width
}

test('text is written where the system has no fonts at all', async () => {
  using home = temporaryHome()
  // Boxes in place of letters would all have one shape.
  const [narrow, wide] = [await letterHeight(home, 'illi'), await letterHeight(home, 'WMWM')]
  expect(narrow).toBeGreaterThan(wide * 2)
})

test('text in letters that the fonts lack is left out and said to be', async () => {
  const size = { width: 128, height: 96 }
  const request = { operation: 'generateImage', model: 'local/draft', count: 1, ...size } as const
  const { notHonoured, honoured } = await make({ ...request, prompt: 'teal gradient "สวัสดี"' })
  expect(notHonoured).toContain('text in letters that its fonts lack')
  expect(honoured).not.toContain('text')
  const plain = await make({
    ...request,
    prompt: 'teal gradient "Grüße, мир, 你好, こんにちは, 안녕, مرحبا"',
  })
  expect(plain.honoured).toContain('text')
})

test('a transparent background is not said of a JPEG', async () => {
  const size = { width: 128, height: 128 }
  const request = { operation: 'generateImage', model: 'local/draft', count: 1, ...size } as const
  const made = await make({
    ...request,
    prompt: 'rocket icon, no background',
    outputFormat: 'jpeg',
  })
  expect(made.honoured).not.toContain('transparent background')
  expect(made.notHonoured).toContain('transparent background, which JPEG lacks')
})
