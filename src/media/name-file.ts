import { link, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { dirname, extname, join, relative, resolve, sep } from 'node:path'
import { codeOf } from '../errors.ts'
import { syncFolder } from './folder-store.ts'

/** Number of names that are tried. After that the file keeps its own name. */
const TRIES_MAX = 1000

/** Other extensions that are right for a type. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { '.jpg': ['.jpeg', '.jpe', '.jfif'] }

/** The wanted name of a file, checked by `checkFileName`, below `dir`. `number` is set for one of several files. */
export type WantedName = { dir: string; name: string; number?: number }

/** The final path of the file, and one sentence for each difference from the wanted name. */
export type Named = { path: string; renamed: string[] }

/**
 * Gives a saved file the wanted name, with an extension that fits its type. An existing file is never changed: the next
 * free number is used. A file that cannot have the wanted name keeps its own, and `renamed` says so. Throws only if the
 * disk fails.
 */
export async function nameFile(
  { path, mimeType }: { path: string; mimeType: string },
  { dir, name, number }: WantedName,
): Promise<Named> {
  const { stem, ending, wrong } = extensionFor(name, extname(path))
  const base = number === undefined ? stem : `${stem}-${number}`
  const renamed =
    wrong === null
      ? []
      : [`The file is ${mimeType}, so its name ends in ${ending} and not in ${wrong}.`]
  const moved = await moveToFreeName(path, { dir, base, ending }).catch(() => null)
  if (moved === null) {
    renamed.push(
      `The file could not be saved as ${base}${ending}; it is in the output folder under its own name.`,
    )
    return { path, renamed }
  }
  await syncFolder(dirname(moved.path))
  if (moved.count > 1) {
    const found = relative(resolve(dir), moved.path).replaceAll(sep, '/')
    renamed.push(`${base}${ending} was there already and stays as it is; this file is ${found}.`)
  }
  return { path: moved.path, renamed }
}

/** Replaces an extension that does not fit the type of the file: programs choose by the extension. */
function extensionFor(
  name: string,
  usual: string,
): { stem: string; ending: string; wrong: string | null } {
  const [given = ''] = /\.[a-z][a-z\d]{1,4}$/i.exec(name) ?? []
  if (given === '') return { stem: name, ending: usual, wrong: null }
  const stem = name.slice(0, -given.length)
  const isRight = [usual, ...(ALIASES[usual] ?? [])].includes(given.toLowerCase())
  return isRight ? { stem, ending: given, wrong: null } : { stem, ending: usual, wrong: given }
}

/** Creates a folder below `dir`. Throws if a symbolic link on the way leads out of `dir`. */
async function makeFolder(dir: string, below: string): Promise<void> {
  const root = await realpath(dir)
  let folder = root
  for (const part of below.split('/').filter((one) => one !== '.')) {
    const next = join(folder, part)
    await mkdir(next, { mode: 0o700 }).catch(ignoreExisting)
    folder = await realpath(next)
    if (!folder.startsWith(join(root, sep))) throw new Error('it leads out of the output folder')
  }
}

function ignoreExisting(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error
}

/** Moves a file to the first free name. Two calls at the same time get different names. */
async function moveToFreeName(
  path: string,
  { dir, base, ending }: { dir: string; base: string; ending: string },
): Promise<{ path: string; count: number }> {
  await makeFolder(dir, dirname(base))
  for (let count = 1; count <= TRIES_MAX; count += 1) {
    const number = count === 1 ? '' : `-${count}`
    const wanted = join(resolve(dir), `${base}${number}${ending}`)
    if (await moveIfFree(path, wanted)) return { path: wanted, count }
  }
  throw new Error('too many files of this name')
}

/** Moves a file. Returns false if the new name exists. A hard link is atomic, but some file systems have none. */
async function moveIfFree(path: string, wanted: string): Promise<boolean> {
  try {
    await link(path, wanted)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (NO_LINKS.has(codeOf(error))) return await renameIfFree(path, wanted)
    throw error
  }
  await rm(path)
  return true
}

/** Does the same without links: creates an empty file exclusively, then replaces it by the real one. */
async function renameIfFree(path: string, wanted: string): Promise<boolean> {
  try {
    await (await open(wanted, 'wx', 0o600)).close() // the name is ours from here on
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  try {
    await rename(path, wanted)
    return true
  } catch (error) {
    await rm(wanted, { force: true })
    throw error
  }
}

/** Error codes of file systems without hard links. */
const NO_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
])
