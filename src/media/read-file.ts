import { constants } from 'node:fs'
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { AppError, codeOf } from '../errors.ts'
import { findAlike, isInside, pathsMeant, type Root } from './find-file.ts'
import { inQuotes, throwIfCancelled } from './reference.ts'

/** Limit of an input image, in bytes. */
export const MAX_INPUT_BYTES = 50 * 1024 * 1024

/**
 * Reads a file whose real path is inside the real path of one of `dirs`. The reference may be any form of path that
 * `pathsMeant` accepts. Throws `invalid_input` for a file outside, `input_unreadable` for a file that is missing, not
 * regular, empty or too large.
 */
export async function readInside(
  reference: string,
  dirs: string[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const roots = await realRoots(dirs)
  const real = await locate(reference, dirs, roots)
  const mayRead = (path: string): boolean => isInside(path, realOf(roots))
  return readRegular(real, { reference, signal, mayRead })
}

async function locate(
  reference: string,
  dirs: readonly string[],
  roots: readonly Root[],
): Promise<string> {
  const folders = [...dirs.map((dir) => resolve(dir)), ...realOf(roots)]
  let missing: AppError | undefined
  for (const path of pathsMeant(reference)) {
    if (isForeignShare(path, folders)) continue
    const real = await realpath(path).catch((cause: unknown) => ({ cause }))
    if (typeof real === 'string') {
      if (isInside(real, realOf(roots))) return real
      continue
    }
    // Do not reveal what exists outside the folders.
    if (!isInside(path, folders)) continue
    const similar = await findAlike(path, roots)
    if ('real' in similar) return similar.real
    missing ??= notThere(reference, real.cause, similar.near)
  }
  throw missing ?? outside(reference, dirs)
}

function realOf(roots: readonly Root[]): string[] {
  return roots.map(({ real }) => real)
}

type ReadOptions = { reference: string; signal: AbortSignal; mayRead: (path: string) => boolean }

async function readRegular(
  real: string,
  { reference, signal, mayRead }: ReadOptions,
): Promise<Uint8Array> {
  // Opening a fifo can block and opening a device can have effects, so only regular files are opened.
  const before = await lstat(real).catch((cause: unknown) => {
    throw unreadable(reference, 'could not be opened', cause)
  })
  if (!before.isFile()) throw unreadable(reference, 'is not a regular file')
  let handle: FileHandle | undefined
  try {
    handle = await open(
      real,
      constants.O_RDONLY | flagOrNone('O_NOFOLLOW') | flagOrNone('O_NONBLOCK'),
    )
    if (!mayRead(await openedPath(handle, real))) throw moved(reference)
    return await readAll(handle, reference, signal)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw unreadable(reference, 'could not be read', cause)
  } finally {
    await handle?.close()
  }
}

/** Returns the flag, or 0 on platforms without it (Windows). */
function flagOrNone(flag: 'O_NOFOLLOW' | 'O_NONBLOCK'): number {
  const known: Partial<typeof constants> = constants
  return known[flag] ?? 0
}

/** Returns the real path of the opened file, even if the path was replaced after its check. */
async function openedPath(handle: FileHandle, real: string): Promise<string> {
  if (process.platform === 'linux') {
    const path = await realpath(`/proc/self/fd/${handle.fd}`).catch(() => null)
    if (path !== null) return path
  }
  const [opened, named, path] = await Promise.all([
    handle.stat({ bigint: true }),
    lstat(real, { bigint: true }),
    realpath(real),
  ])
  if (opened.dev !== named.dev || opened.ino !== named.ino) return sep
  return path
}

async function readAll(
  handle: FileHandle,
  reference: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const stats = await handle.stat()
  const { size } = stats
  if (!stats.isFile()) throw unreadable(reference, 'is not a regular file')
  if (size === 0) throw unreadable(reference, 'is empty')
  if (size > MAX_INPUT_BYTES) throw unreadable(reference, `has ${size} bytes; at most 50 MiB pass`)
  const bytes = Buffer.alloc(size)
  let length = 0
  while (length < size) {
    throwIfCancelled(signal)
    const { bytesRead } = await handle.read(bytes, length, Math.min(size - length, 4 << 20), length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

/** Returns the folders that exist, each by its configured path and by its real path. */
async function realRoots(dirs: readonly string[]): Promise<Root[]> {
  const found = await Promise.all(
    dirs.map(async (dir) => {
      const real = await realpath(dir).catch(() => null)
      return real === null
        ? []
        : [
            { named: resolve(dir), real },
            { named: real, real },
          ]
    }),
  )
  return found.flat()
}

/** Any access to a Windows share signs in to it, so a share outside the folders is not accessed. */
function isForeignShare(path: string, folders: readonly string[]): boolean {
  return path.startsWith('\\\\') && !isInside(path, folders)
}

function outside(reference: string, dirs: readonly string[]): AppError {
  const folders = dirs
    .slice(0, 3)
    .map((dir) => inQuotes(dir))
    .join(', ')
  return new AppError(
    'invalid_input',
    `${inQuotes(reference)} is not inside a folder that images may be read from.`,
    {
      hint: `Move it into ${folders}.`,
      localHint: 'Or add its folder to INKWELL_INPUT_DIRS.',
    },
  )
}

function moved(reference: string): AppError {
  return new AppError(
    'invalid_input',
    `${inQuotes(reference)} was moved while it was being opened.`,
    {
      hint: 'Call again once nothing else moves the file.',
    },
  )
}

function notThere(reference: string, cause: unknown, nearest: string | undefined): AppError {
  if (codeOf(cause) !== 'ENOENT') return unreadable(reference, 'could not be opened', cause)
  return new AppError('input_unreadable', `${inQuotes(reference)} does not exist.`, {
    hint:
      nearest === undefined
        ? 'Check the path; a relative one counts from the working folder of the server.'
        : `The nearest name there is ${inQuotes(nearest)}. Give the path with the right one.`,
    cause,
  })
}

function unreadable(reference: string, what: string, cause?: unknown): AppError {
  return new AppError('input_unreadable', `${inQuotes(reference)} ${what}.`, {
    hint: 'Check that it is an image file that this user may read.',
    cause,
  })
}
