import { readdir, realpath } from 'node:fs/promises'
import type { Dirent } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { homeFolder } from '../config/readers.ts'
import { nearest } from '../nearest.ts'

/** A folder that files may be read from: as it was named, and where it really is. */
export type Root = { named: string; real: string }

/** Most names of a folder that are held against one that is missing. */
const NAMES_MAX = 1_000

/**
 * The absolute paths that what people and their programs write may mean, the plainest first: `~/`, quotes around it,
 * a backslash before each space as terminals write it, and `file:` URLs, whether their name was escaped or not.
 */
export function pathsMeant(reference: string): string[] {
  const written = /^\s*file:/i.test(reference) ? fromUrl(reference.trim()) : fromText(reference)
  const all = written.flatMap((path) => [path, path.replace(/^~(?=[/\\])/, homeFolder)])
  return [...new Set(all.filter((path) => !path.includes('\0')).map((path) => resolve(path)))]
}

function fromText(reference: string): string[] {
  const visible = reference.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '')
  const bare = visible.replace(/^(["'`“‘])(.*)["'`”’]$/s, '$2')
  return [reference, bare, ...(sep === '/' ? [bare.replace(/\\(.)/gs, '$1')] : [])]
}

function fromUrl(url: string): string[] {
  const raw = url.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, '')
  try {
    return [fileURLToPath(url), raw]
  } catch {
    return [raw] // it names another machine or escapes what may not be escaped
  }
}

/** Whether a path is below one of the folders. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const rest = relative(folder, path)
    return rest !== '' && rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest)
  })
}

/**
 * Where a file that is not at its path really is, if one name only differs from what was asked for in its kind of
 * spaces, in how its letters are composed or in marks that nobody sees. Else the name in its folder that comes nearest.
 * Looks into nothing but the roots.
 */
export async function findAlike(
  path: string,
  roots: readonly Root[],
): Promise<{ real: string } | { near: string | undefined }> {
  const root = roots.find(({ named }) => isInside(path, [named]))
  if (root === undefined) return { near: undefined }
  const real = roots.map((each) => each.real)
  const parts = relative(root.named, path).split(sep)
  let at = root.real
  for (const [index, part] of parts.entries()) {
    const isThere = await realpath(join(at, part)).catch(() => null)
    const entries =
      isThere === null ? await readdir(at, { withFileTypes: true }).catch(() => []) : []
    const [alike, second] = entries.filter(({ name }) => folded(name) === folded(part))
    const isOnlyOne = alike !== undefined && second === undefined
    if (isThere === null && !isOnlyOne)
      return { near: nearestOf(part, entries, index === parts.length - 1) }
    const next = isThere ?? (await realpath(join(at, alike?.name ?? '')).catch(() => ''))
    if (!isInside(next, real)) return { near: undefined }
    at = next
  }
  return { real: at }
}

/** A name as a person reads it: macOS puts a narrow space into its screenshots, Windows a mark before copied paths. */
function folded(name: string): string {
  return name
    .normalize('NFC')
    .replace(/\p{Zs}/gu, ' ')
    .replace(/\p{Cf}/gu, '')
}

function nearestOf(part: string, entries: readonly Dirent[], isFile: boolean): string | undefined {
  const fitting = entries
    .filter((entry) =>
      isFile ? /\.(png|jpe?g|webp|gif|avif|tiff?)$/i.test(entry.name) : entry.isDirectory(),
    )
    .filter(({ name }) => !name.startsWith('.'))
    .slice(0, NAMES_MAX)
  const names = new Map(fitting.map(({ name }) => [folded(name).toLowerCase(), name]))
  const near = nearest(folded(part).toLowerCase(), [...names.keys()])
  return names.get(near ?? '') ?? fitting[0]?.name
}
