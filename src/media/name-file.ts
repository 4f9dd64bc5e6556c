import { link, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { dirname, extname, join, relative, resolve, sep } from 'node:path'
import { codeOf } from '../errors.ts'
import { syncFolder, type SavedFile } from './save.ts'

/** Names that are tried before a file keeps its own. */
const TRIES_MAX = 1000

/** Endings that are right for a type, besides the usual one. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { '.jpg': ['.jpeg', '.jpe', '.jfif'] }

/** What a file is to be called: a name that `checkFileName` took, below `dir`, with its number where it is one of several. */
export type WantedName = { dir: string; name: string; number?: number }

/** Where the file is, and a sentence for each way in which that is not what was wanted. */
export type Named = { path: string; renamed: string[] }

/**
 * Gives a saved file the name that its caller wants. The ending follows its type; a file that is there is never touched,
 * the next free number is taken instead. A file that cannot have its name keeps its own, which is said: throws only where the disk fails.
 */
export async function nameFile(
  { path, mimeType }: Pick<SavedFile, 'path' | 'mimeType'>,
  { dir, name, number }: WantedName,
): Promise<Named> {
  const { stem, ending, wrong } = endingFor(name, extname(path))
  const base = number === undefined ? stem : `${stem}-${number}`
  const renamed =
    wrong === null
      ? []
      : [`The file is ${mimeType}, so its name ends in ${ending} and not in ${wrong}.`]
  const taken = await take(path, { dir, base, ending }).catch(() => null)
  if (taken === null) {
    renamed.push(
      `The file could not be saved as ${base}${ending}; it is in the output folder under its own name.`,
    )
    return { path, renamed }
  }
  await syncFolder(dirname(taken.path))
  if (taken.count > 1) {
    const found = relative(resolve(dir), taken.path).replaceAll(sep, '/')
    renamed.push(`${base}${ending} was there already and stays as it is; this file is ${found}.`)
  }
  return { path: taken.path, renamed }
}

/** What looks like an ending and is not one of the file's type is replaced: the type is what programs go by. */
function endingFor(
  name: string,
  usual: string,
): { stem: string; ending: string; wrong: string | null } {
  const [given = ''] = /\.[a-z][a-z\d]{1,4}$/i.exec(name) ?? []
  if (given === '') return { stem: name, ending: usual, wrong: null }
  const stem = name.slice(0, -given.length)
  const isRight = [usual, ...(ALIASES[usual] ?? [])].includes(given.toLowerCase())
  return isRight ? { stem, ending: given, wrong: null } : { stem, ending: usual, wrong: given }
}

/** Makes a folder below another. Throws where a link on the way leads out of that. */
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

/** Moves a file to the first of its names that is free. Two who want one at once get one each. */
async function take(
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

/** Moves a file, or answers false where its new name is taken. A link is whole at once; some file systems have none. */
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

/** The same by an empty file that only one can make, and that the real one replaces. */
async function renameIfFree(path: string, wanted: string): Promise<boolean> {
  try {
    await (await open(wanted, 'wx', 0o600)).close() // ours from here on
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

/** What a file system says that has no links to files. */
const NO_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
])
