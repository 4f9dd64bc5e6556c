import sharp from 'sharp'
import { expect, test } from 'vitest'
import { embed } from '../../src/media/embed.ts'
import type { FileMetadata } from '../../src/media/metadata.ts'

const METADATA: FileMetadata = {
  generationId: 'gen_019',
  model: 'fal-ai/flux-2-flex',
  prompt: 'A fox & a <b>bear</b> 🦊, "quoted"',
  seed: 7,
  isTrained: true,
}

type Kind = {
  type: 'png' | 'jpeg' | 'webp'
  channels: 3 | 4
  lossless?: boolean
  labelled?: boolean
}

/** Noise of odd sides, so that nothing is aligned by chance; `labelled` has Exif, a profile and a packet of its own. */
async function picture({ type, channels, lossless = false, labelled = false }: Kind) {
  const background = { r: 90, g: 40, b: 20, alpha: 0.5 }
  const noise = { type: 'gaussian', mean: 120, sigma: 40 } as const
  const create = { width: 37, height: 31, channels, background, noise }
  const image = sharp({ create }).toFormat(type, type === 'webp' ? { lossless } : {})
  if (!labelled) return await image.toBuffer()
  return await image
    .withExif({ IFD0: { Copyright: 'Ada' } })
    .withIccProfile('p3')
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">of old</x:xmpmeta>')
    .toBuffer()
}

const pixels = (file: Buffer) => sharp(file, { failOn: 'warning' }).raw().toBuffer()
const packetOf = async (file: Buffer) => String((await sharp(file).metadata()).xmp)

const KINDS: Kind[] = (['png', 'jpeg', 'webp'] as const).flatMap((type) =>
  [false, true].flatMap((labelled) => [
    { type, channels: 3 as const, labelled },
    ...(type === 'jpeg' ? [] : [{ type, channels: 4 as const, labelled, lossless: true }]),
  ]),
)

test.each(KINDS)(
  '$type, $channels channels, labelled: $labelled: what it was made from is in the file, and every pixel as it was',
  async (kind) => {
    const file = await picture(kind)
    const embedded = embed(file, `image/${kind.type}`, METADATA) as Buffer
    const packet = await packetOf(embedded)
    expect(packet).toContain('>A fox &amp; a &lt;b&gt;bear&lt;/b&gt; 🦊, "quoted"</rdf:li>')
    expect(packet).toContain('<inkwell:model>fal-ai/flux-2-flex</inkwell:model>')
    expect(packet).toContain('<inkwell:seed>7</inkwell:seed>')
    expect(packet).toContain('<inkwell:generation>gen_019</inkwell:generation>')
    expect(packet).toContain('/digitalsourcetype/trainedAlgorithmicMedia</Iptc4xmpExt')
    expect(packet).not.toContain('of old')
    expect(Buffer.compare(await pixels(embedded), await pixels(file))).toBe(0)
    const [before, after] = [await sharp(file).metadata(), await sharp(embedded).metadata()]
    expect(after).toEqual({
      ...before,
      xmp: after.xmp,
      xmpAsString: after.xmpAsString,
      size: after.size,
      ...(after.comments && { comments: after.comments }),
    })
    // Once more changes nothing: the packet takes its own place.
    expect(embed(embedded, `image/${kind.type}`, METADATA)?.equals(embedded)).toBe(true)
  },
)

test('a PNG also tells its prompt where programs look that know no XMP', async () => {
  const embedded = embed(await picture({ type: 'png', channels: 3 }), 'image/png', METADATA)
  expect((await sharp(embedded as Buffer).metadata()).comments).toContainEqual({
    keyword: 'Description',
    text: METADATA.prompt,
  })
})

test('what was not asked is not told, and a drawing of this machine is no work of a trained model', async () => {
  const none = { ...METADATA, prompt: null, seed: null, isTrained: false }
  const packet = await packetOf(
    embed(await picture({ type: 'jpeg', channels: 3 }), 'image/jpeg', none) as Buffer,
  )
  expect(packet).not.toMatch(/description|seed|trained/)
})

test.each([
  ['the longest of the longest kind', '&'.repeat(12_000)],
  ['controls and half characters', 'a\0b\x1Bc\ud800d\uFFFE'],
  ['the ends of XML and of a packet', ']]><?xpacket end="r"?></x:xmpmeta>'],
])('a prompt of %s leaves a packet that fits and reads', async (_, prompt) => {
  for (const type of ['png', 'jpeg', 'webp'] as const) {
    const file = await picture({ type, channels: 3 })
    const embedded = embed(file, `image/${type}`, { ...METADATA, prompt }) as Buffer
    const packet = await packetOf(embedded)
    expect(packet.length).toBeLessThan(60_000)
    expect(packet).toContain('gen_019')
    expect(packet).not.toMatch(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/u)
    expect(packet.split('<?xpacket end').length).toBe(2)
    expect(Buffer.compare(await pixels(embedded), await pixels(file))).toBe(0)
  }
})

const signed = {
  png: (file: Buffer) =>
    Buffer.concat([file.subarray(0, 33), Buffer.from('\0\0\0\0caBX\0\0\0\0'), file.subarray(33)]),
  jpeg: (file: Buffer) =>
    Buffer.concat([file.subarray(0, 2), Buffer.from([0xff, 0xeb, 0, 4, 0, 0]), file.subarray(2)]),
  webp: (file: Buffer) => {
    const longer = Buffer.concat([file, Buffer.from('C2PA\0\0\0\0')])
    longer.writeUInt32LE(longer.length - 8, 4)
    return longer
  },
}

test.each(['png', 'jpeg', 'webp'] as const)(
  'a signed %s stays as its maker signed it',
  async (type) => {
    const file = signed[type](await picture({ type, channels: 3 }))
    expect(embed(file, `image/${type}`, METADATA)).toBeNull()
  },
)

test('other types stay as they are', () => {
  expect(embed(Buffer.from('GIF89a'), 'image/gif', METADATA)).toBeNull()
})

test.each(['png', 'jpeg', 'webp'] as const)(
  'a %s that is cut off or corrupted anywhere is taken without a throw',
  async (type) => {
    const file = await picture({ type, channels: 3, labelled: true })
    const places = Array.from({ length: Math.floor(file.length / 5) }, (_, place) => place * 5)
    const results = places.flatMap((at) => {
      const corrupted = Buffer.from(file)
      corrupted[at] = (corrupted[at] ?? 0) ^ 0xff
      return [file.subarray(0, at), corrupted].map((bad) => embed(bad, `image/${type}`, METADATA))
    })
    expect(results.some((result) => result === null)).toBe(true)
    expect(results.every((result) => result === null || result.includes('gen_019'))).toBe(true)
  },
)
