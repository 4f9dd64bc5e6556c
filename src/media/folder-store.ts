import { constants } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { crypto } from '../crypto.ts'
import { codeOf } from '../errors.ts'
import { isFolder, makeFolder } from '../folder.ts'
import { isInside } from './find-file.ts'
import { FOLDER, NotStoredError, StoreFaultError, type OutputStore } from './output-store.ts'

/**
 * The output folder as a store. Rows keep paths below it, so it may be mounted anywhere. The absolute paths of older
 * versions work too, and if their folder has moved, the file is looked for by its name.
 */
export function folderStore(folder: string): OutputStore {
  const dir = resolve(folder)
  const localPath = (path: string): string => resolve(dir, path)
  return {
    name: FOLDER,
    staging: dir,
    check: async () => {}, // the disk is measured anyway
    async put({ path, content, check }) {
      const target = localPath(path)
      const parent = dirname(target)
      const inMemory = content instanceof Uint8Array
      const staged = inMemory ? join(parent, stagedName(basename(target))) : content.file
      try {
        const flushing = inMemory ? write(staged, content) : flushIn(parent, staged)
        const checking = check?.() // while the disk works
        await Promise.allSettled([flushing, checking]) // neither goes on after a failure of the other
        await flushing
        await checking
        await rename(staged, target)
      } catch (error) {
        await rm(staged, { force: true })
        throw error
      }
      await syncFolder(parent).catch(async (error: unknown) => {
        await rm(target, { force: true })
        throw error
      })
    },
    async open(path, range) {
      const handle = await openFile(dir, localPath(path))
      const stats = await handle.stat()
      if (!stats.isFile()) {
        await handle.close()
        throw new NotStoredError(`not a regular file: ${path}`)
      }
      return { bytes: stats.size, content: handle.createReadStream({ ...range }) }
    },
    url: async () => null,
    async remove(path) {
      const [place = '', other = place] = placesOf(dir, localPath(path))
      await rm(place)
        .catch((error: unknown) =>
          isGone(error) ? rm(other, { force: true }) : Promise.reject(error),
        )
        .catch(fault)
    },
    async *list(start) {
      const below = start.slice(0, start.lastIndexOf('/') + 1)
      const names = await readdir(join(dir, below)).catch(noneIfGone)
      yield* names.map((name) => `${below}${name}`).filter((path) => path.startsWith(start))
    },
    localPath,
    pathOf(reference) {
      if (!isAbsolute(reference)) return null
      return isInside(reference, [dir]) ? relative(dir, reference).replaceAll(sep, '/') : reference
    },
  }
}

/** Where a file may be: an absolute path of an older version may have its folder at another place now. */
function placesOf(dir: string, path: string): string[] {
  return isInside(path, [dir]) ? [path] : [path, join(dir, basename(path))]
}

/** Opens a file. A missing folder is a fault: it is not mounted now. Opening a fifo must not block. */
async function openFile(dir: string, path: string) {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
  const [place = path, other] = placesOf(dir, path)
  try {
    return await open(place, flags).catch(async (error: unknown) => {
      if (!isGone(error) || other === undefined) throw error
      return await open(other, flags)
    })
  } catch (cause) {
    if (isGone(cause) && (await isFolder(dir))) throw new NotStoredError(path, { cause })
    throw new StoreFaultError(cause)
  }
}

function fault(cause: unknown): never {
  throw new StoreFaultError(cause)
}

function noneIfGone(cause: unknown): string[] {
  if (isGone(cause)) return []
  throw new StoreFaultError(cause)
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))
}

/** Writes a new file and flushes it. Makes its folder where there is none. */
async function write(path: string, bytes: Uint8Array): Promise<void> {
  const create = async () => await open(path, 'wx', 0o600)
  const handle = await create().catch(async (error: unknown) => {
    if (!isGone(error)) throw error
    await makeFolder(dirname(path))
    return await create()
  })
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Flushes a staged file that is to be moved to a folder. */
async function flushIn(folder: string, staged: string): Promise<void> {
  await makeFolder(folder)
  const handle = await open(staged, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Returns a new hidden name for a file that is not whole yet. */
export function stagedName(name: string): string {
  return `.${name}.${crypto().randomBytes(6).toString('hex')}.tmp`
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
