import sharp from 'sharp'
import { expect, test } from 'vitest'
import { folderStore } from '../../src/media/folder-store.ts'
import { saveOutput } from '../../src/media/save.ts'
import { PNG_SUITE } from '../support/odd/png-suite.ts'
import { failure, noise, tempFolder } from './support.ts'

/** Only decoding shows this fault: its checksums are right, so whoever made it meant it so. */
const MEANT = 'rows missing'

async function save(bytes: Uint8Array) {
  await using folder = await tempFolder()
  return await saveOutput({ bytes }, { store: folderStore(folder.path), name: 'a' })
}

test.each(PNG_SUITE.filter(({ rgba }) => rgba !== null))(
  'a PNG with $name is saved with its size',
  async ({ bytes }) => {
    const { width, height } = (await sharp(bytes).metadata()).autoOrient
    expect(await save(bytes)).toMatchObject({ mimeType: 'image/png', width, height })
  },
)

test.each(PNG_SUITE.filter(({ rgba, name }) => rgba === null && name !== MEANT))(
  'a PNG with $name is no picture',
  async ({ bytes }) => {
    const mimeType = await save(bytes).then(
      (saved) => saved.mimeType,
      ({ code }: { code: string }) => code,
    )
    expect(mimeType).not.toBe('image/png')
  },
)

test('a PNG is no output if a byte of its pixels differs, or its end is missing', async () => {
  const raw = { width: 90, height: 60, channels: 3 } as const
  const whole = await sharp(noise(90, 60, 3), { raw })
    .png()
    .toBuffer()
  expect(await save(whole)).toMatchObject({ width: 90, height: 60 })
  const first = whole.indexOf('IDAT') + 4
  for (let at = first; at < whole.length - 16; at += 997) {
    const changed = Buffer.from(whole)
    changed.writeUInt8(whole.readUInt8(at) ^ 4, at)
    expect((await failure(save(changed))).code).toBe('no_output')
    expect((await failure(save(whole.subarray(0, at)))).code).toBe('no_output')
  }
})

test('a PNG that is turned has the size that it shows', async () => {
  const create = { width: 40, height: 30, channels: 3, background: '#c63' } as const
  const turned = await sharp({ create }).withMetadata({ orientation: 6 }).png().toBuffer()
  expect(await save(turned)).toMatchObject({ width: 30, height: 40 })
})
