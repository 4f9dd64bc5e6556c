import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crypto } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import { noOutput } from './identify.ts'
import type { ProviderOutput } from './image.ts'

/** Outputs up to this size stay in memory until they are stored, and are written once. Nearly every image is smaller. */
const IN_MEMORY_MAX = 4 * 1024 * 1024

/** What all outputs together may hold of memory. Others that come at the same time are staged. */
const ALL_IN_MEMORY_MAX = 32 * 1024 * 1024
let allInMemory = 0

/** Bytes in memory, or the path of a file that has them. `sha256` is lower-case hex. */
export type Content = { content: Uint8Array | string; bytes: number; sha256: () => string }

/** An output that came whole. `free` gives back the memory that it holds. */
type Received = Content & { free: () => void }

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
  const memory = memoryFor(output)
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
      if (staged.handle === undefined && memory.holds(chunk)) pieces.push(chunk)
      else {
        for (const piece of [...pieces.splice(0), chunk]) await stage(piece)
        memory.free()
      }
    }
    if (received.bytes === 0) throw noOutput('an empty file')
  } catch (error) {
    memory.free()
    throw error
  } finally {
    await staged.handle?.close()
  }
  const { free } = memory
  if (staged.handle === undefined) return { ...inMemory(joined(pieces)), free }
  const sha256 = staged.hash.digest('hex')
  return { content: path, ...received, sha256: () => sha256, free }
}

/** The memory of one output. An output that is in memory already needs none. */
function memoryFor({ bytes }: ProviderOutput): {
  holds: (chunk: Uint8Array) => boolean
  free: () => void
} {
  if (bytes instanceof Uint8Array) return { holds: () => true, free: () => {} }
  let held = 0
  return {
    holds: ({ byteLength }) => {
      const fits =
        held + byteLength <= IN_MEMORY_MAX && allInMemory + byteLength <= ALL_IN_MEMORY_MAX
      held += fits ? byteLength : 0
      allInMemory += fits ? byteLength : 0
      return fits
    },
    free: () => {
      allInMemory -= held
      held = 0
    },
  }
}

/** Returns bytes as content. They are hashed when the hash is asked for. */
export function inMemory(content: Uint8Array): Content {
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
