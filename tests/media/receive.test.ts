import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { folderStore } from '../../src/media/folder-store.ts'
import { saveOutput } from '../../src/media/save.ts'
import { tempFolder } from './support.ts'

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** An output of this many bytes is too large to stay in memory until it is stored. */
const LARGE = 5 * 1024 * 1024

test('an output too large for memory is stored whole, measured and hashed as a small one', async () => {
  await using folder = await tempFolder()
  const noise = Buffer.from(
    Uint32Array.from({ length: LARGE / 4 }, (_, at) => Math.imul(at, at * 7919)).buffer,
  )
  const raw = { width: 1024, height: Math.floor(LARGE / 3 / 1024), channels: 3 } as const
  const image = sharp(noise.subarray(0, raw.width * raw.height * 3), { raw })
  const large = await image.png({ compressionLevel: 0 }).toBuffer()
  const dir = join(folder.path, 'new')
  const metadata = { generationId: 'gen_1', model: 'm', prompt: 'a fox', seed: 1, isTrained: true }
  for (const [name, options] of [
    ['plain', {}],
    ['marked', { metadata }],
  ] as const) {
    const output = { bytes: pieces(large, 100_000) }
    const saved = await saveOutput(output, { store: folderStore(dir), name, ...options })
    const stored = await readFile(join(dir, saved.path))
    expect(saved).toMatchObject({ mimeType: 'image/png', width: 1024, height: raw.height })
    expect(saved.bytes).toBe(stored.length)
    expect(saved.sha256).toBe(createHash('sha256').update(stored).digest('hex'))
    expect([stored.equals(large), stored.includes('a fox')]).toEqual(
      name === 'plain' ? [true, false] : [false, true],
    )
  }
  expect(await readdir(dir)).toEqual(['marked.png', 'plain.png'])
})

test('of many outputs that come at once some are staged, so that memory stays bounded; all are stored whole', async () => {
  await using folder = await tempFolder()
  const store = folderStore(folder.path)
  const rest = Promise.withResolvers<void>()
  const contents = Array.from({ length: 14 }, (_, at) => Buffer.alloc(3 * 1024 * 1024, `${at} `))
  async function* slowly(bytes: Buffer) {
    yield bytes.subarray(0, -10)
    await rest.promise
    yield bytes.subarray(-10)
  }
  const saving = contents.map((bytes, at) =>
    saveOutput({ bytes: slowly(bytes) }, { store, name: `${at}` }),
  )
  await expect.poll(async () => (await readdir(folder.path)).length).toBe(4) // ten of them are 30 MiB
  rest.resolve()
  for (const [at, { path, sha256 }] of (await Promise.all(saving)).entries()) {
    expect(sha256).toBe(
      createHash('sha256')
        .update(contents[at] ?? '')
        .digest('hex'),
    )
    expect((await readFile(join(folder.path, path))).equals(contents[at] ?? Buffer.of())).toBe(true)
  }
  expect(await readdir(folder.path)).toHaveLength(contents.length)
})

test('a process killed in mid stream leaves no file that can be seen', async () => {
  await using folder = await tempFolder()
  const script = `
    const { saveOutput } = await import(${JSON.stringify(new URL('../../src/media/save.ts', import.meta.url).href)})
    const { folderStore } = await import(${JSON.stringify(new URL('../../src/media/folder-store.ts', import.meta.url).href)})
    async function* drip() { yield new Uint8Array(${LARGE}); setInterval(() => {}, 1000); await new Promise(() => {}) }
    await saveOutput({ bytes: drip() }, { store: folderStore(${JSON.stringify(folder.path)}), name: 'a' })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  const ended = once(child, 'exit')
  await expect.poll(() => readdir(folder.path), { timeout: 20_000 }).toHaveLength(1)
  child.kill('SIGKILL')
  await ended
  const visible = (await readdir(folder.path)).filter((name) => !name.startsWith('.'))
  expect(visible).toEqual([])
})
