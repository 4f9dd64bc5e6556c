import { createHash } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { folderStore } from '../../src/media/folder-store.ts'
import { SaveFaultError, saveOutput } from '../../src/media/save.ts'
import { failure, picture, tempFolder } from './support.ts'

async function* pieces(bytes: Uint8Array, size = 50) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function sound(...parts: (string | number[])[]): Buffer {
  const head = parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))
  return Buffer.concat([...head.map((part) => Buffer.from(part)), Buffer.alloc(2_000)])
}

test.each(['bytes', 'a stream'])('%s become a file, measured and hashed', async (kind) => {
  await using folder = await tempFolder()
  const png = await picture()
  const dir = join(folder.path, 'new', 'images')
  const saved = await saveOutput(
    { bytes: kind === 'bytes' ? png : pieces(png) },
    { store: folderStore(dir), name: 'gen_1-1' },
  )
  expect(saved).toEqual({
    store: 'folder',
    path: 'gen_1-1.png',
    mimeType: 'image/png',
    width: 40,
    height: 30,
    bytes: png.length,
    sha256: createHash('sha256').update(png).digest('hex'),
    source: null,
  })
  expect(await readdir(dir)).toEqual(['gen_1-1.png'])
  expect(Buffer.compare(await readFile(join(dir, saved.path)), png)).toBe(0)
  expect((await stat(join(dir, saved.path))).mode & 0o777).toBe(0o600)
  expect((await stat(dir)).mode & 0o777).toBe(0o700)
})

test('a saved file and its name are on the disk before it is told of', async () => {
  await using folder = await tempFolder()
  const handle = await open(folder.path, 'r')
  const sync = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync')
  await handle.close()
  await saveOutput({ bytes: await picture() }, { store: folderStore(folder.path), name: 'a' })
  expect(sync).toHaveBeenCalledTimes(process.platform === 'win32' ? 1 : 2) // the file and its folder
  sync.mockRestore()
})

test.each([
  ['jpeg', 'jpg'],
  ['webp', 'webp'],
  ['gif', 'gif'],
  ['avif', 'avif'],
  ['tiff', 'tiff'],
] as const)('a %s image ends in .%s', async (format, extension) => {
  await using folder = await tempFolder()
  const options = { store: folderStore(folder.path), name: 'a' }
  const saved = await saveOutput({ bytes: await picture(format) }, options)
  expect(saved).toMatchObject({ mimeType: `image/${format}`, width: 40, height: 30 })
  expect(saved.path).toBe(`a.${extension}`)
})

test.each([
  ['video/mp4', 'mp4', sound([0, 0, 0, 24], 'ftypisom', [0, 0, 2, 0], 'isomiso2')],
  [
    'video/webm',
    'webm',
    sound([0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84], 'webm', [0xec, 0x80]),
  ],
  ['audio/mpeg', 'mp3', sound([0xff, 0xfb, 0x90, 0x64])],
  ['audio/wav', 'wav', sound('RIFF', [0, 8, 0, 0], 'WAVEfmt ')],
  [
    'audio/ogg',
    'ogg',
    sound(
      'OggS',
      Array.from({ length: 24 }, () => 0),
      'OpusHead',
    ),
  ],
  ['audio/flac', 'flac', sound('fLaC')],
])('%s ends in .%s and has no size in pixels', async (mimeType, extension, bytes) => {
  await using folder = await tempFolder()
  const saved = await saveOutput({ bytes }, { store: folderStore(folder.path), name: 'a' })
  expect(saved).toMatchObject({ mimeType, width: null, height: null })
  expect(saved.path).toBe(`a.${extension}`)
})

const png = await picture()
const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
const create = { width: 40, height: 900, channels: 3, background: '#000', noise } as const
const tall = await sharp({ create }).png().toBuffer()

test.each([
  ['nothing', new Uint8Array()],
  ['an empty stream', pieces(new Uint8Array())],
  ['half an image', png.subarray(0, png.length / 2)],
  ['an image without its last rows', tall.subarray(0, tall.length * 0.95)],
])('%s is no output and leaves nothing', async (_what, bytes) => {
  await using folder = await tempFolder()
  const refusal = await failure(
    saveOutput({ bytes }, { store: folderStore(folder.path), name: 'a' }),
  )
  expect(refusal.code).toBe('no_output')
  expect(await readdir(folder.path)).toEqual([])
})

test('a stream over the limit is stopped and leaves nothing', async () => {
  await using folder = await tempFolder()
  let isStopped = false
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(1_000)
    } finally {
      isStopped = true
    }
  }
  const refusal = await failure(
    saveOutput(
      { bytes: endless() },
      { store: folderStore(folder.path), name: 'a', maxBytes: 10_000 },
    ),
  )
  expect(refusal.code).toBe('no_output')
  expect(refusal.message).toContain('10000 bytes')
  expect(isStopped).toBe(true)
  expect(await readdir(folder.path)).toEqual([])
})

test.each([
  ['of its own', new Error('socket hang up at 10.0.0.1'), 'no_output'],
  [
    'in our words',
    new AppError('upstream_unavailable', 'It broke.', { hint: '' }),
    'upstream_unavailable',
  ],
])('a stream that fails with an error %s leaves nothing', async (_what, cause, code) => {
  await using folder = await tempFolder()
  async function* broken() {
    yield png.subarray(0, 60)
    await sleep(5)
    throw cause
  }
  const refusal = await failure(
    saveOutput({ bytes: broken() }, { store: folderStore(folder.path), name: 'a' }),
  )
  expect(refusal.code).toBe(code)
  expect(refusal.message).not.toContain('10.0.0.1')
  expect(await readdir(folder.path)).toEqual([])
})

test('two saves under one name leave one whole file', async () => {
  await using folder = await tempFolder()
  const options = { store: folderStore(folder.path), name: 'a' }
  await Promise.all([
    saveOutput({ bytes: pieces(png, 7) }, options),
    saveOutput({ bytes: pieces(png, 11) }, options),
  ])
  expect(await readdir(folder.path)).toEqual(['a.png'])
  expect(Buffer.compare(await readFile(join(folder.path, 'a.png')), png)).toBe(0)
})

test.each(['../a', 'a/b', '.hidden', '', 'a\0'])(
  'the file name %j is a fault of ours',
  async (name) => {
    await using folder = await tempFolder()
    await expect(
      saveOutput({ bytes: png }, { store: folderStore(folder.path), name }),
    ).rejects.toThrow('plain file name')
    expect(await readdir(folder.path)).toEqual([])
  },
)

test('a folder that cannot be made names the setting to change', async () => {
  await using folder = await tempFolder()
  await writeFile(join(folder.path, 'file'), '')
  const refusal = await failure(
    saveOutput(
      { bytes: png },
      { store: folderStore(join(folder.path, 'file', 'images')), name: 'a' },
    ),
  )
  expect(refusal.code).toBe('internal')
  expect(refusal.localHint).toContain('INKWELL_OUTPUT_DIR')
})

test('a folder without write permission names the setting to change', async () => {
  await using folder = await tempFolder()
  const dir = join(folder.path, 'locked')
  await mkdir(dir)
  await chmod(folder.path, 0o755)
  await chmod(dir, 0o500)
  using _other = notAsRoot()
  const refusal = await failure(saveOutput({ bytes: png }, { store: folderStore(dir), name: 'a' }))
  expect(refusal.code).toBe('internal')
  expect(refusal.localHint).toContain('INKWELL_OUTPUT_DIR')
})

/** Root may write everywhere: this process is another user until the test ends. */
function notAsRoot(): Disposable {
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  return { [Symbol.dispose]: () => (isRoot ? process.seteuid?.(0) : undefined) }
}

test('a store that forgets to check what it stores is an error, and nobody waits for it', async () => {
  await using folder = await tempFolder()
  const store = folderStore(folder.path)
  const put = ({ path, mimeType, content }: Parameters<typeof store.put>[0]) =>
    store.put({ path, mimeType, content })
  const saving = saveOutput({ bytes: await picture() }, { store: { ...store, put }, name: 'a' })
  await expect(saving).rejects.toThrow(SaveFaultError)
})
