import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { crypto } from '../crypto.ts'
import { AppError } from '../errors.ts'
import type { ProviderOutput } from '../providers/provider.ts'
import { embed } from './embed.ts'
import { type ImageSize, measureImage, sniff } from './inspect.ts'
import type { FileMetadata } from './metadata.ts'
import { orCancelled, throwIfCancelled } from './reference.ts'

/** A file that is whole and on disk. Its path is absolute; sizes are pixels, null for sound and video. */
export type SavedFile = {
  path: string
  mimeType: string
  width: number | null
  height: number | null
  bytes: number
  /** In lower-case hex. */
  sha256: string
}

export type SaveOptions = {
  dir: string
  /** File name without folder and extension. */
  name: string
  /** What the file is to say of itself, where its type can; absent where it says nothing. */
  metadata?: FileMetadata | undefined
  signal?: AbortSignal
  /** Default 512 MiB. */
  maxBytes?: number
}

const MAX_OUTPUT_BYTES = 512 * 1024 * 1024

/** Most pixels a result may have: more than an input, because it is ours and may be an upscale. */
const MAX_OUTPUT_PIXELS = 0x3fff * 0x3fff

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
}

/**
 * Writes an output to `dir`, whole or not at all, under `name` and the extension of its real type; an
 * older file of that name is replaced. Throws `no_output` for an empty, unknown, broken or oversized
 * one, `cancelled`, and `internal` where the disk refuses; an `AppError` of the stream passes through.
 */
export async function saveOutput(output: ProviderOutput, options: SaveOptions): Promise<SavedFile> {
  if (!/^[\w-][\w.-]*$/.test(options.name)) throw new Error('an output needs a plain file name')
  const dir = resolve(options.dir)
  const temporary = join(dir, `.${options.name}.${crypto().randomBytes(6).toString('hex')}.tmp`)
  let path = temporary
  try {
    throwIfCancelled(options.signal)
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const delivered = await write(output, temporary, options)
    const content = await identify(temporary)
    const written = (await addMetadata(temporary, content.mimeType, options)) ?? delivered
    await syncFile(temporary)
    throwIfCancelled(options.signal)
    const final = join(dir, `${options.name}.${content.extension}`)
    await rename(temporary, final)
    path = final
    await syncFolder(dir)
    const { mimeType, width, height } = content
    return { path, mimeType, width, height, ...written }
  } catch (cause) {
    await rm(path, { force: true }).catch(() => {})
    throw cause instanceof AppError ? cause : diskFault(cause)
  }
}

type Written = { bytes: number; sha256: string }

async function write(
  output: ProviderOutput,
  path: string,
  { signal, maxBytes = MAX_OUTPUT_BYTES }: SaveOptions,
): Promise<Written> {
  const hash = crypto().createHash('sha256')
  let bytes = 0
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'wx', 0o600)
    for await (const chunk of chunksOf(output, signal)) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw noOutput(`a file larger than ${maxBytes} bytes`)
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
    if (bytes === 0) throw noOutput('an empty file')
  } finally {
    await handle?.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

async function* chunksOf(
  { bytes }: ProviderOutput,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (bytes instanceof Uint8Array) {
    yield bytes
    return
  }
  const iterator = bytes[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await orCancelled(iterator.next(), signal)
      if (next.done === true) return
      yield next.value
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : noOutput('a file that broke off', cause)
  } finally {
    // Not awaited: a stream that hangs would hang its own end too.
    void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

/** Writes the file anew with its metadata; null where it stays as it was delivered. */
async function addMetadata(
  path: string,
  mimeType: string,
  { metadata, ...options }: SaveOptions,
): Promise<Written | null> {
  if (metadata === undefined || !mimeType.startsWith('image/')) return null
  const bytes = embed(await readFile(path), mimeType, metadata)
  if (bytes === null) return null
  await rm(path)
  return await write({ bytes }, path, options)
}

type Content = ImageSize | { width: null; height: null }

async function identify(path: string): Promise<Content & { mimeType: string; extension: string }> {
  const mimeType = await sniff(path).catch(() => null)
  const extension = mimeType === null ? undefined : EXTENSIONS[mimeType]
  if (mimeType === null || extension === undefined) throw noOutput('a file of an unknown kind')
  if (!mimeType.startsWith('image/')) return { mimeType, extension, width: null, height: null }
  try {
    return { mimeType, extension, ...(await measureImage(path, MAX_OUTPUT_PIXELS)) }
  } catch (cause) {
    throw cause instanceof AppError ? cause : noOutput('a damaged image', cause)
  }
}

/** Puts a written file on the disk. */
async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the rename last through a power cut. Windows has no such call and needs none. */
export async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function noOutput(what: string, cause?: unknown): AppError {
  return new AppError('no_output', `The image service delivered ${what}.`, {
    hint: 'Nothing was saved. Call again, or use another model.',
    cause,
  })
}

function diskFault(cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  return new AppError(
    'internal',
    isFull
      ? 'The result could not be saved: the disk is full.'
      : 'The result could not be saved: its folder could not be written to.',
    {
      hint: 'Point INKWELL_OUTPUT_DIR at a folder with free space that this user may write.',
      cause,
    },
  )
}
