import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crypto } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import type { Modality } from '../pricing/catalog.ts'
import type { ProviderOutput } from './image.ts'
import { embed } from './embed.ts'
import { identify, noOutput } from './identify.ts'
import type { FileMetadata } from './metadata.ts'
import { isFull } from './disk-space.ts'
import { stagedName } from './folder-store.ts'
import { StoreFaultError, type OutputStore } from './output-store.ts'

/** A finished result could not be stored, because of a fault of this machine or of the store. */
export class SaveFaultError extends AppError {
  /** Bytes received before the fault: at least this much space is needed. */
  readonly bytes: number

  constructor(cause: unknown, bytes: number) {
    super('internal', `The result could not be saved: ${reasonOf(cause)}.`, {
      hint: 'Tell the operator of this server.',
      localHint:
        cause instanceof StoreFaultError
          ? '`inkwell doctor` says what is wrong with the store.'
          : 'Point INKWELL_OUTPUT_DIR at a folder with free space that this user may write.',
      cause,
    })
    this.bytes = bytes
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof StoreFaultError) return 'the store of the files cannot be used'
  return isFull(cause) ? 'the disk is full' : 'its folder could not be written to'
}

/** A complete file in a store. `width` and `height` are in pixels, null if it has none. */
export type SavedFile = {
  /** What rows call the store, and where the file is below it. */
  store: string
  path: string
  mimeType: string
  width: number | null
  height: number | null
  bytes: number
  /** Lower-case hex. */
  sha256: string
  /** An address at which its maker keeps it for some time, or null. */
  source: string | null
}

export type SaveOptions = {
  store: OutputStore
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
 * Stores an output whole, with `name` and the extension of its real type. Replaces an older file of that name. Throws
 * `no_output` for an empty, broken or too large output and for one of the wrong kind, and `SaveFaultError` if the disk or
 * the store fails. Rethrows an `AppError` of the stream.
 */
export async function saveOutput(output: ProviderOutput, options: SaveOptions): Promise<SavedFile> {
  if (!/^[\w-][\w.-]*$/.test(options.name)) throw new Error('an output needs a plain file name')
  const { store, name } = options
  const file = join(store.staging, stagedName(name))
  const received = { bytes: 0 }
  try {
    await makeFolder(store.staging)
    const delivered = await write({ output, path: file, received }, options)
    const content = await identify(file, output, options.kind ?? null)
    const written = (await addMetadata(file, content.mimeType, options)) ?? delivered
    const { mimeType, width, height, extension } = content
    const path = `${name}.${extension}`
    await store.put({ path, mimeType, content: { file, bytes: written.bytes } })
    const { source = null } = output
    return { store: store.name, path, mimeType, width, height, source, ...written }
  } catch (cause) {
    await rm(file, { force: true }).catch(() => {})
    if (cause instanceof AppError && !(cause instanceof StoreFaultError)) throw cause
    throw new SaveFaultError(cause, received.bytes)
  }
}

type Restored = {
  store: OutputStore
  /** What was stored. */
  asset: { id: string; path: string; mime_type: string; sha256: string }
  /** What was written into the file, if anything was. */
  metadata: FileMetadata
}

/**
 * Stores an output again, where it was. Returns false if its content is not what was stored, as it came or with its
 * metadata. Throws `no_output`, what the stream throws, and the error of the disk or the store.
 */
export async function restoreOutput(
  output: ProviderOutput,
  { store, asset, metadata }: Restored,
): Promise<boolean> {
  const { id, path, mime_type: mimeType, sha256 } = asset
  const file = join(store.staging, stagedName(id))
  const options = { store, name: id, metadata }
  try {
    await makeFolder(store.staging)
    let written = await write({ output, path: file, received: { bytes: 0 } }, options)
    if (written.sha256 !== sha256) written = (await addMetadata(file, mimeType, options)) ?? written
    if (written.sha256 !== sha256) return false
    await store.put({ path, mimeType, content: { file, bytes: written.bytes } })
    return true
  } finally {
    await rm(file, { force: true })
  }
}

/** Removes what a dead process has staged of files whose names begin with `start`. */
export async function clearStaged({ staging }: OutputStore, start: string): Promise<void> {
  const names = await readdir(staging).catch(() => [])
  const left = names.filter((name) => name.startsWith(`.${start}`) && name.endsWith('.tmp'))
  await Promise.all(left.map((name) => rm(join(staging, name), { force: true })))
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
