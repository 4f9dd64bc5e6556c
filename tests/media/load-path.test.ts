import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createImageLoader, type ImageLoader } from '../../src/media/load.ts'
import { blackPng, failure, picture, tempFolder } from './support.ts'

const live = new AbortController().signal
let folder: Awaited<ReturnType<typeof tempFolder>>
let inside: string
let loader: ImageLoader

beforeAll(async () => {
  folder = await tempFolder()
  inside = join(folder.path, 'in')
  const evil = join(folder.path, 'in-evil')
  const png = await picture()
  await mkdir(join(inside, 'folder'), { recursive: true })
  await mkdir(evil)
  await writeFile(join(inside, 'good.png'), png)
  await writeFile(join(inside, '..good.png'), png)
  await writeFile(join(inside, 'empty.png'), '')
  await writeFile(join(inside, 'page.png'), '<!doctype html><html><body>secret words</body></html>')
  await writeFile(join(inside, 'vector.png'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(inside, 'paper.png'), '%PDF-1.7\n1 0 obj\n')
  await writeFile(join(inside, 'huge.png'), png)
  await truncate(join(inside, 'huge.png'), 50 * 1024 * 1024 + 1)
  await writeFile(join(evil, 'secret.png'), png)
  await symlink(join(evil, 'secret.png'), join(inside, 'link.png'))
  await symlink(evil, join(inside, 'linked-folder'))
  await symlink(join(inside, 'good.png'), join(inside, 'good-link.png'))
  await symlink(join(inside, 'loop.png'), join(inside, 'loop.png'))
  await symlink('/dev/zero', join(inside, 'zero.png'))
  execFileSync('mkfifo', [join(inside, 'pipe.png')])
  loader = createImageLoader({
    inputDirs: [inside, join(folder.path, 'not-there-yet')],
    allowPaths: true,
    readSaved: async () => null,
  })
})

afterAll(() => folder[Symbol.asyncDispose]())

test.each(['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const)(
  'a %s file is loaded, whatever its name says',
  async (format) => {
    const path = join(inside, `picture-of-${format}.txt`)
    await writeFile(path, await picture(format))
    const image = await loader.load(path, live)
    const mimeType = format === 'tiff' ? 'image/png' : `image/${format}`
    expect(image).toMatchObject({ mimeType, width: 40, height: 30, name: path })
  },
)

test('a path relative to the working folder is loaded', async () => {
  const image = await loader.load(relative(process.cwd(), join(inside, 'good.png')), live)
  expect(image.width).toBe(40)
})

test.each(['..good.png', 'good-link.png', 'folder/../good.png'])(
  '%s stays inside its folder and is loaded',
  async (name) => {
    expect((await loader.load(`${inside}/${name}`, live)).mimeType).toBe('image/png')
  },
)

test.each([
  ['a climb out of the folder', '../in-evil/secret.png', 'invalid_input'],
  ['a climb to a file that does not exist', '../in-evil/nothing.png', 'invalid_input'],
  ['a link that leads out', 'link.png', 'invalid_input'],
  ['a folder link that leads out', 'linked-folder/secret.png', 'invalid_input'],
  ['a link to a device', 'zero.png', 'invalid_input'],
  ['the folder itself', '.', 'invalid_input'],
  ['a link to itself', 'loop.png', 'input_unreadable'],
  ['a fifo', 'pipe.png', 'input_unreadable'],
  ['a folder', 'folder', 'input_unreadable'],
  ['a missing file', 'missing.png', 'input_unreadable'],
  ['a file used as a folder', 'good.png/more.png', 'input_unreadable'],
  ['an empty file', 'empty.png', 'input_unreadable'],
  ['a file above 50 MiB', 'huge.png', 'input_unreadable'],
  ['HTML named .png', 'page.png', 'input_unreadable'],
  ['SVG named .png', 'vector.png', 'input_unreadable'],
  ['PDF named .png', 'paper.png', 'input_unreadable'],
])('%s is refused', async (_what, name, code) => {
  const refusal = await failure(loader.load(`${inside}/${name}`, live))
  expect(refusal.code).toBe(code)
  expect(refusal.message).not.toContain('secret words')
  expect(refusal.hint).not.toBe('')
})

test.each(['/dev/zero', '/dev/null', '/dev/stdin', '/etc/passwd', '/proc/self/environ', '/'])(
  '%s is refused',
  async (path) => {
    expect((await failure(loader.load(path, live))).code).toBe('invalid_input')
  },
)

test.each(['/dev/null', '/dev/zero', '/proc/self/environ'])(
  '%s is refused even where the whole machine may be read',
  async (path) => {
    const open = createImageLoader({
      inputDirs: ['/'],
      allowPaths: true,
      readSaved: async () => null,
    })
    expect((await failure(open.load(path, live))).code).toBe('input_unreadable')
  },
)

test('what exists outside the folders cannot be told from what does not', async () => {
  const there = await failure(loader.load(join(folder.path, 'in-evil/secret.png'), live))
  const gone = await failure(loader.load(join(folder.path, 'in-evil/nothing.png'), live))
  expect(there.message.replace('secret', 'nothing')).toBe(gone.message)
  expect(there.hint).toBe(gone.hint)
})

test('an image that is turned by EXIF is measured as a person sees it', async () => {
  const path = join(inside, 'turned.jpg')
  await sharp(await picture('jpeg'))
    .withMetadata({ orientation: 6 })
    .toFile(path)
  expect(await loader.load(path, live)).toMatchObject({ width: 30, height: 40 })
})

test.each(['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const)(
  'a %s file that was cut off is refused',
  async (format) => {
    const whole = await sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .toFormat(format)
      .toBuffer()
    const path = join(inside, `cut.${format}`)
    await writeFile(path, whole.subarray(0, Math.floor(whole.length * 0.7)))
    expect((await failure(loader.load(path, live))).code).toBe('input_unreadable')
  },
)

test('a small file that unpacks to 400 million pixels is refused before it is unpacked', async () => {
  const path = join(inside, 'bomb.png')
  await writeFile(path, blackPng(20_000))
  const before = performance.now()
  const refusal = await failure(loader.load(path, live))
  expect(refusal.code).toBe('input_unreadable')
  expect(refusal.message).toContain('64 million pixels')
  expect(performance.now() - before).toBeLessThan(1_000)
})

test('an image of exactly 64 million pixels is loaded', async () => {
  const path = join(inside, 'large.png')
  await writeFile(path, blackPng(8_000))
  expect(await loader.load(path, live)).toMatchObject({ width: 8_000, height: 8_000 })
})

test('a folder that is swapped for a link while it is read gives nothing away', async () => {
  const [real, kept] = [join(inside, 'swapped'), join(inside, 'kept')]
  await mkdir(real)
  await writeFile(join(real, 'secret.png'), await picture())
  await writeFile(join(folder.path, 'in-evil', 'secret.png'), blackPng(7))
  const swap = `
    const { renameSync, symlinkSync, unlinkSync } = require('node:fs')
    const [real, kept, evil] = ${JSON.stringify([real, kept, join(folder.path, 'in-evil')])}
    for (;;) { renameSync(real, kept); symlinkSync(evil, real); unlinkSync(real); renameSync(kept, real) }`
  const swapper = spawn(process.execPath, ['-e', swap])
  const outcomes = new Set<unknown>()
  for (const end = performance.now() + 1_500; performance.now() < end;) {
    const seen = loader.load(join(real, 'secret.png'), live).then(
      ({ width }) => width,
      ({ code }: { code: unknown }) => code,
    )
    outcomes.add(await seen)
  }
  swapper.kill('SIGKILL')
  await once(swapper, 'exit')
  expect(outcomes).toContain(40)
  expect(outcomes).not.toContain(7)
})

test('a call that is already cancelled reads nothing', async () => {
  const refusal = await failure(loader.load(join(inside, 'good.png'), AbortSignal.abort()))
  expect(refusal.code).toBe('cancelled')
})
