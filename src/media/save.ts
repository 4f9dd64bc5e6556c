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
import { isFull } from './room.ts'

/** A result that the provider has made could not be written, by a fault of this machine and not of the result. */
export class SaveFaultError extends AppError {
  /** How much of it had come when the disk refused: at least this much space is needed. */
  readonly bytes: number

  constructor(cause: unknown, bytes: number) {
    super(
      'internal',
      isFull(cause)
        ? 'The result could not be saved: the disk is full.'
        : 'The result could not be saved: its folder could not be written to.',
      {
        hint: 'Tell whoever runs this server.',
        localHint: 'Point INKWELL_OUTPUT_DIR at a folder with free space that this user may write.',
        cause,
      },
    )
    this.bytes = bytes
  }
}

/** A file that is whole and on disk. Its path is absolute; sizes are pixels, null for what has none. */
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
  /** What it has to be; anything where that is null or left out. */
  kind?: Modality | null
  /** What the file is to say of itself, where its type can; absent where it says nothing. */
  metadata?: FileMetadata | undefined
  /** Default 512 MiB. */
  maxBytes?: number
}

const MAX_OUTPUT_BYTES = 512 * 1024 * 1024

/**
 * Writes an output to `dir`, whole or not at all, under `name` and the extension of its real type; an
 * older file of that name is replaced. Throws `no_output` for an empty, broken or oversized one and for
 * one of another kind than was asked for, and `SaveFaultError` where the disk refuses; an
 * `AppError` of the stream passes through.
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

type Writing = { output: ProviderOutput; path: string; received: { bytes: number } }
type Written = { bytes: number; sha256: string }

async function write(
  { output, path, received }: Writing,
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
  return await write({ output: { bytes }, path, received: { bytes: 0 } }, options)
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
