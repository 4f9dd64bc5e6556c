import { readdir, realpath } from 'node:fs/promises'
import type { Dirent } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { homeFolder } from '../config/readers.ts'
import { nearest } from '../nearest.ts'

/** A folder that files may be read from: its configured path, and its real path. */
export type Root = { named: string; real: string }

/** Limit of the names in a folder that a missing name is compared with. */
const NAMES_MAX = 1_000

/**
 * Returns the absolute paths that a reference may mean, the most literal one first. Handles `~/`, quotes around the
 * path, backslashes before spaces as in terminals, and `file:` URLs with or without escapes.
 */
export function pathsMeant(reference: string): string[] {
  const written = /^\s*file:/i.test(reference) ? fromUrl(reference.trim()) : fromText(reference)
  const all = written.flatMap((path) => [path, path.replace(/^~(?=[/\\])/, homeFolder)])
  return [...new Set(all.filter((path) => !path.includes('\0')).map((path) => resolve(path)))]
}

function fromText(reference: string): string[] {
  const visible = reference.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '')
  const unquoted = visible.replace(/^(["'`“‘])(.*)["'`”’]$/s, '$2')
  return [reference, unquoted, ...(sep === '/' ? [unquoted.replace(/\\(.)/gs, '$1')] : [])]
}

function fromUrl(url: string): string[] {
  const raw = url.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, '')
  try {
    return [fileURLToPath(url), raw]
  } catch {
    return [raw] // it names another machine or has an invalid escape
  }
}

/** Returns whether a path is below one of the folders. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const rest = relative(folder, path)
    return rest !== '' && rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest)
  })
}

/**
 * Finds a file whose path differs from the given one only in its kind of spaces, its Unicode composition or invisible
 * characters. `real` is its real path. Otherwise `near` is the most similar name in the folder. Reads only the roots.
 */
export async function findAlike(
  path: string,
  roots: readonly Root[],
): Promise<{ real: string } | { near: string | undefined }> {
  const root = roots.find(({ named }) => isInside(path, [named]))
  if (root === undefined) return { near: undefined }
  const realRoots = roots.map(({ real }) => real)
  const parts = relative(root.named, path).split(sep)
  let at = root.real
  for (const [index, part] of parts.entries()) {
    const isThere = await realpath(join(at, part)).catch(() => null)
    const entries =
      isThere === null ? await readdir(at, { withFileTypes: true }).catch(() => []) : []
    const [alike, second] = entries.filter(({ name }) => visibleName(name) === visibleName(part))
    const isOnlyOne = alike !== undefined && second === undefined
    if (isThere === null && !isOnlyOne)
      return { near: nearestOf(part, entries, index === parts.length - 1) }
    const next = isThere ?? (await realpath(join(at, alike?.name ?? '')).catch(() => ''))
    if (!isInside(next, realRoots)) return { near: undefined }
    at = next
  }
  return { real: at }
}

/** A name as people see it: macOS has narrow spaces in names of screenshots, Windows an invisible mark before copied paths. */
function visibleName(name: string): string {
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
  const names = new Map(fitting.map(({ name }) => [visibleName(name).toLowerCase(), name]))
  const near = nearest(visibleName(part).toLowerCase(), [...names.keys()])
  return names.get(near ?? '') ?? fitting[0]?.name
}
