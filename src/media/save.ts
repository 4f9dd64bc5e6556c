import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { crypto } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import type { Modality } from '../pricing/catalog.ts'
import type { ProviderOutput } from './image.ts'
import { embed } from './embed.ts'
import { identify, noOutput } from './identify.ts'
import type { FileMetadata } from './metadata.ts'
import { isFull } from './disk-space.ts'

/** A finished result could not be written, because of a fault of this machine. */
export class SaveFaultError extends AppError {
  /** Bytes received before the disk failed: at least this much space is needed. */
  readonly bytes: number

  constructor(cause: unknown, bytes: number) {
    super(
      'internal',
      isFull(cause)
        ? 'The result could not be saved: the disk is full.'
        : 'The result could not be saved: its folder could not be written to.',
      {
        hint: 'Tell the operator of this server.',
        localHint: 'Point INKWELL_OUTPUT_DIR at a folder with free space that this user may write.',
        cause,
      },
    )
    this.bytes = bytes
  }
}

/** A complete file on disk. `path` is absolute. `width` and `height` are in pixels, null if it has none. */
export type SavedFile = {
  path: string
  mimeType: string
  width: number | null
  height: number | null
  bytes: number
  /** Lower-case hex. */
  sha256: string
}

export type SaveOptions = {
  dir: string
  /** File name without folder and extension. */
  name: string
  /** The required kind; null or absent for any kind. */
  kind?: Modality | null
  /** Metadata to write into the file, if its type allows it. */
  metadata?: FileMetadata | undefined
  /** Limit of the file, in bytes. Default 512 MiB. */
  maxBytes?: number
}

const MAX_OUTPUT_BYTES = 512 * 1024 * 1024

/**
 * Writes an output to `dir` atomically, with `name` and the extension of its real type. Replaces an older file of that
 * name. Throws `no_output` for an empty, broken or too large output and for one of the wrong kind, and
 * `SaveFaultError` if the disk fails. Rethrows an `AppError` of the stream.
 */
export async function saveOutput(output: ProviderOutput, options: SaveOptions): Promise<SavedFile> {
  if (!/^[\w-][\w.-]*$/.test(options.name)) throw new Error('an output needs a plain file name')
  const dir = resolve(options.dir)
  const temporary = join(dir, `.${options.name}.${crypto().randomBytes(6).toString('hex')}.tmp`)
  let path = temporary
  const received = { bytes: 0 }
  try {
    await makeFolder(dir)
    const delivered = await write({ output, path: temporary, received }, options)
    const content = await identify(temporary, output, options.kind ?? null)
    const written = (await addMetadata(temporary, content.mimeType, options)) ?? delivered
    await syncFile(temporary)
    const final = join(dir, `${options.name}.${content.extension}`)
    await rename(temporary, final)
    path = final
    await syncFolder(dir)
    const { mimeType, width, height } = content
    return { path, mimeType, width, height, ...written }
  } catch (cause) {
    await rm(path, { force: true }).catch(() => {})
    throw cause instanceof AppError ? cause : new SaveFaultError(cause, received.bytes)
  }
}

type WriteRequest = { output: ProviderOutput; path: string; received: { bytes: number } }
type Written = { bytes: number; sha256: string }

async function write(
  { output, path, received }: WriteRequest,
  { maxBytes = MAX_OUTPUT_BYTES }: SaveOptions,
): Promise<Written> {
  const hash = crypto().createHash('sha256')
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'wx', 0o600)
    for await (const chunk of chunksOf(output)) {
      received.bytes += chunk.byteLength
      if (received.bytes > maxBytes) throw noOutput(`a file larger than ${maxBytes} bytes`)
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
    if (received.bytes === 0) throw noOutput('an empty file')
  } finally {
    await handle?.close()
  }
  return { ...received, sha256: hash.digest('hex') }
}

async function* chunksOf({ bytes }: ProviderOutput): AsyncGenerator<Uint8Array> {
  if (bytes instanceof Uint8Array) {
    yield bytes
    return
  }
  try {
    yield* bytes
  } catch (cause) {
    throw cause instanceof AppError ? cause : noOutput('a file that broke off', cause)
  }
}

/** Writes the file again with its metadata; null if it stays as delivered. */
async function addMetadata(
  path: string,
  mimeType: string,
  { metadata, ...options }: SaveOptions,
): Promise<Written | null> {
  if (metadata === undefined || !mimeType.startsWith('image/')) return null
  const bytes = embed(await readFile(path), mimeType, metadata)
  if (bytes === null) return null
  await rm(path)
  return await write({ output: { bytes }, path, received: { bytes: 0 } }, options)
}

/** Flushes a written file to the disk. */
async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Flushes a folder, so that a rename survives a power cut. Windows has no such call and needs none. */
export async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
