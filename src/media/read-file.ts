import { constants } from 'node:fs'
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { AppError } from '../errors.ts'
import { quote, throwIfCancelled } from './reference.ts'

/** Most bytes an input image may have. */
export const MAX_INPUT_BYTES = 50 * 1024 * 1024

/**
 * The bytes of a file whose real path lies inside the real path of one of `dirs`. Throws `invalid_input`
 * for one outside, `input_unreadable` for one that is missing, not a regular file, empty or too large.
 */
export async function readInside(
  reference: string,
  dirs: string[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const wanted = resolve(reference)
  const roots = await realRoots(dirs)
  if (isForeignShare(wanted, roots)) throw outside(reference, dirs)
  let real: string
  try {
    real = await realpath(wanted)
  } catch (cause) {
    // What exists outside the folders is not told.
    if (!isInside(wanted, [...dirs.map((dir) => resolve(dir)), ...roots])) {
      throw outside(reference, dirs)
    }
    throw unreadable(reference, isMissing(cause) ? 'does not exist' : 'could not be opened', cause)
  }
  if (!isInside(real, roots)) throw outside(reference, dirs)
  return readRegular(real, { reference, signal, mayRead: (path) => isInside(path, roots) })
}

/** The bytes of a regular file that is named by ourselves. Throws `input_unreadable`. */
export async function readOwn(
  path: string,
  reference: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let real: string
  try {
    real = await realpath(path)
  } catch (cause) {
    throw unreadable(reference, 'names a file that is no longer there', cause)
  }
  return readRegular(real, { reference, signal, mayRead: () => true })
}

type Reading = { reference: string; signal: AbortSignal; mayRead: (path: string) => boolean }

async function readRegular(
  real: string,
  { reference, signal, mayRead }: Reading,
): Promise<Uint8Array> {
  // Opening can wait (a fifo) or act (a device), so what is plainly no file is not opened at all.
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

/** The flag, or 0 on the platforms (Windows) that lack it. */
function flagOrNone(flag: 'O_NOFOLLOW' | 'O_NONBLOCK'): number {
  const known: Partial<typeof constants> = constants
  return known[flag] ?? 0
}

/** Where the opened file really is, whatever was swapped since its path was checked. */
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

async function realRoots(dirs: string[]): Promise<string[]> {
  const roots = await Promise.all(dirs.map((dir) => realpath(dir).catch(() => null)))
  return roots.filter((root) => root !== null)
}

function isInside(path: string, roots: string[]): boolean {
  return roots.some((root) => {
    const rest = relative(root, path)
    return rest !== '' && rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest)
  })
}

/** Merely looking at a Windows share signs in to it, so one outside the folders is not looked at. */
function isForeignShare(path: string, roots: string[]): boolean {
  return path.startsWith('\\\\') && !isInside(path, roots)
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}

function outside(reference: string, dirs: string[]): AppError {
  const folders = dirs
    .slice(0, 3)
    .map((dir) => quote(dir))
    .join(', ')
  return new AppError(
    'invalid_input',
    `${quote(reference)} is not inside a folder that images may be read from.`,
    { hint: `Move it into ${folders}, or add its folder to INKWELL_INPUT_DIRS.` },
  )
}

function moved(reference: string): AppError {
  return new AppError('invalid_input', `${quote(reference)} was moved while it was being opened.`, {
    hint: 'Call again once nothing else moves the file.',
  })
}

function unreadable(reference: string, what: string, cause?: unknown): AppError {
  return new AppError('input_unreadable', `${quote(reference)} ${what}.`, {
    hint: 'Check that it is an image file that this user may read.',
    cause,
  })
}
