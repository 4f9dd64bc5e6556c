import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atOnce } from '../at-once.ts'
import { AppError } from '../errors.ts'
import type { Modality } from '../pricing/catalog.ts'
import type { ProviderOutput } from './image.ts'
import { embed } from './embed.ts'
import { identify, sizeOf, type Identity } from './identify.ts'
import type { FileMetadata } from './metadata.ts'
import { isFull } from './disk-space.ts'
import { isMeasured } from './inspect.ts'
import { measureAndShrink } from './preview.ts'
import { sizeOfWholePng } from './png.ts'
import type { SmallCopies } from './small-copies.ts'
import { stagedName } from './folder-store.ts'
import { StoreFaultError, type OutputStore } from './output-store.ts'
import { inMemory, receive, type Content } from './receive.ts'

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
  /** Where the small copy of a picture goes, if somebody will be shown it. */
  copies?: SmallCopies | undefined
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
  const { store, name, maxBytes = MAX_OUTPUT_BYTES } = options
  const staged = join(store.staging, stagedName(name))
  const received = { bytes: 0 }
  try {
    const delivered = await receive(output, { path: staged, received, maxBytes })
    const keeping = inTurn(async () => await keep(delivered, output, options))
    return await keeping.finally(delivered.free)
  } catch (cause) {
    await rm(staged, { force: true }).catch(() => {})
    if (cause instanceof AppError && !(cause instanceof StoreFaultError)) throw cause
    throw new SaveFaultError(cause, received.bytes)
  }
}

/** Files that are stored at once: each is in memory twice while its metadata is added, and a bucket takes its time. */
const inTurn = atOnce(32)

/** Stores what was received. It is measured and hashed while it goes to the disk, and gets its name after that. */
async function keep(
  delivered: Content,
  output: ProviderOutput,
  options: SaveOptions,
): Promise<SavedFile> {
  const { store, name } = options
  const identity = await identify(delivered.content, output, options.kind ?? null)
  const { mimeType, extension } = identity
  const file = await withMetadata(delivered, mimeType, options.metadata)
  const path = `${name}.${extension}`
  const checked: { facts?: Facts } = {}
  const check = async () => (checked.facts = await factsOf(file, identity, options.copies))
  await store.put({ path, mimeType, content: contentOf(file), check })
  if (checked.facts === undefined) throw new Error(`${store.name} stored a file unchecked`)
  const { source = null } = output
  return { store: store.name, path, mimeType, ...checked.facts, source }
}

type Facts = Pick<SavedFile, 'width' | 'height' | 'bytes' | 'sha256'>

async function factsOf(
  { content, bytes, sha256 }: Content,
  identity: Identity,
  copies: SmallCopies | undefined,
): Promise<Facts> {
  const looking = look(content, identity, copies !== undefined)
  const hash = sha256() // while the image is decoded
  const { width, height, preview } = await looking
  if (preview !== null) copies?.keep(hash, preview)
  return { width, height, bytes, sha256: hash }
}

/**
 * Measures a file, and shrinks it if it will be shown. One that cannot be shrunk may be whole: decoding it to its end
 * decides. A PNG that nobody is shown need not be decoded if its checksums are right.
 */
async function look(content: Content['content'], identity: Identity, isShown: boolean) {
  const looked =
    isShown && isMeasured(identity.mimeType)
      ? await measureAndShrink(content).catch(() => null)
      : sizeOfWholePng(content)
  return { preview: null, ...(looked ?? (await sizeOf(content, identity))) }
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
  const staged = join(store.staging, stagedName(id))
  const receiving = { path: staged, received: { bytes: 0 }, maxBytes: MAX_OUTPUT_BYTES }
  const restore = async (delivered: Content): Promise<boolean> => {
    const isWhole = delivered.sha256() === sha256
    const file = isWhole ? delivered : await withMetadata(delivered, mimeType, metadata)
    if (!isWhole && file.sha256() !== sha256) return false
    await store.put({ path, mimeType, content: contentOf(file) })
    return true
  }
  try {
    const delivered = await receive(output, receiving)
    return await restore(delivered).finally(delivered.free)
  } finally {
    await rm(staged, { force: true })
  }
}

/** Removes what a dead process has staged of files whose names begin with `start`. */
export async function clearStaged({ staging }: OutputStore, start: string): Promise<void> {
  const names = await readdir(staging).catch(() => [])
  const left = names.filter((name) => name.startsWith(`.${start}`) && name.endsWith('.tmp'))
  await Promise.all(left.map((name) => rm(join(staging, name), { force: true })))
}

function contentOf({ content, bytes }: Content): Uint8Array | { file: string; bytes: number } {
  return typeof content === 'string' ? { file: content, bytes } : content
}

/** Returns the file with its metadata, in memory; as delivered if its type takes none. */
async function withMetadata(
  delivered: Content,
  mimeType: string,
  metadata: FileMetadata | undefined,
): Promise<Content> {
  if (metadata === undefined || !mimeType.startsWith('image/')) return delivered
  const { content } = delivered
  const bytes = typeof content === 'string' ? await readFile(content) : bufferOf(content)
  const embedded = embed(bytes, mimeType, metadata)
  if (embedded === null) return delivered
  if (typeof content === 'string') await rm(content)
  return inMemory(embedded)
}

/** The same bytes, not a copy. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
