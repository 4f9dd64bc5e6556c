import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crypto } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import { noOutput } from './identify.ts'
import type { ProviderOutput } from './image.ts'

/** Outputs up to this size stay in memory until they are stored, and are written once. Nearly every image is smaller. */
const IN_MEMORY_MAX = 4 * 1024 * 1024

/** An output that came whole: its bytes, or the path of the staged file that has them. `sha256` is lower-case hex. */
export type Received = { content: Uint8Array | string; bytes: number; sha256: () => string }

type Receiving = {
  /** Where a large output is staged. */
  path: string
  /** Counts the bytes as they come, so that they are known after a failure. */
  received: { bytes: number }
  /** Limit of the output, in bytes. */
  maxBytes: number
}

/**
 * Takes a whole output. Throws `no_output` for an empty or too large one and for one that breaks off, the error of the
 * disk, and an `AppError` of the stream.
 */
export async function receive(output: ProviderOutput, receiving: Receiving): Promise<Received> {
  const { path, received, maxBytes } = receiving
  const pieces: Uint8Array[] = []
  const staged = { handle: undefined as FileHandle | undefined, hash: newHash() }
  const stage = async (chunk: Uint8Array): Promise<void> => {
    staged.handle ??= await create(path)
    staged.hash.update(chunk)
    await staged.handle.writeFile(chunk)
  }
  try {
    for await (const chunk of chunksOf(output)) {
      received.bytes += chunk.byteLength
      if (received.bytes > maxBytes) throw noOutput(`a file larger than ${maxBytes} bytes`)
      if (received.bytes <= IN_MEMORY_MAX || output.bytes instanceof Uint8Array) pieces.push(chunk)
      else for (const piece of [...pieces.splice(0), chunk]) await stage(piece)
    }
    if (received.bytes === 0) throw noOutput('an empty file')
  } finally {
    await staged.handle?.close()
  }
  if (staged.handle === undefined) return inMemory(joined(pieces))
  const sha256 = staged.hash.digest('hex')
  return { content: path, ...received, sha256: () => sha256 }
}

/** As `Received`, for bytes in memory. They are hashed when the hash is asked for. */
export function inMemory(content: Uint8Array): Received {
  return {
    content,
    bytes: content.byteLength,
    sha256: () => newHash().update(content).digest('hex'),
  }
}

async function create(path: string): Promise<FileHandle> {
  await makeFolder(dirname(path))
  return await open(path, 'wx', 0o600)
}

const newHash = () => crypto().createHash('sha256')

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = pieces
  return first !== undefined && others.length === 0 ? first : Buffer.concat(pieces)
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
