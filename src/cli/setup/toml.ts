import { isDeepStrictEqual } from 'node:util'
import { parse, patch, stringify, TomlFormat } from '@decimalturn/toml-patch'
import { isTree, unreadable, type Tree } from './tree.ts'

/**
 * Reads TOML. A new table is added at the end and a table is taken out with its lines, so that nothing else moves; any
 * other change is left to the library, which keeps comments. Throws `invalid_input`.
 */
export function readToml(text: string, file: string) {
  const tree = treeOf(text, file)
  return {
    tree,
    change: (path: readonly string[], value: Tree | undefined): string => {
      const wanted = changed(tree, path, value)
      if (value !== undefined && has(tree, path)) return patch(text, wanted)
      const byLines = value === undefined ? withoutTable(text, path) : withTable(text, path, value)
      if (isDeepStrictEqual(readOrNull(byLines), wanted)) return byLines
      return patch(text, wanted)
    },
  }
}

function treeOf(text: string, file: string): Tree {
  try {
    return plain(parse(text))
  } catch (error) {
    const [why = ''] = error instanceof Error ? error.message.split('\n') : []
    throw unreadable(file, why)
  }
}

function readOrNull(text: string): Tree | null {
  try {
    return plain(parse(text))
  } catch {
    return null // a text of ours that is no TOML is not used
  }
}

/** Objects as JSON has them: those of the parser have no prototype and compare as unequal. */
function plain(value: unknown): Tree {
  const copy = (from: unknown): unknown => {
    if (Array.isArray(from)) return from.map(copy)
    if (!isTree(from) || from instanceof Date) return from
    return Object.fromEntries(Object.entries(from).map(([key, inner]) => [key, copy(inner)]))
  }
  return copy(value) as Tree
}

function changed(
  tree: Tree,
  [key = '', ...rest]: readonly string[],
  value: Tree | undefined,
): Tree {
  const others = Object.fromEntries(Object.entries(tree).filter(([name]) => name !== key))
  if (rest.length === 0) return value === undefined ? others : { ...others, [key]: value }
  const inner = tree[key]
  return { ...others, [key]: changed(isTree(inner) ? inner : {}, rest, value) }
}

function has(tree: Tree, [key = '', ...rest]: readonly string[]): boolean {
  const inner = tree[key]
  return rest.length === 0 ? key in tree : isTree(inner) && has(inner, rest)
}

/** The text with a table of its own at the end. */
function withTable(text: string, path: readonly string[], value: Tree): string {
  const format = TomlFormat.default()
  format.inlineTableStart = 0
  const rows = stringify(value, format).trim()
  const before = text.trimEnd()
  return `${before === '' ? '' : `${before}\n\n`}[${path.join('.')}]\n${rows}\n`
}

/** The text without the lines of a table and of the tables in it. */
function withoutTable(text: string, path: readonly string[]): string {
  const name = path.join('.')
  let isInside = false
  const kept = text.split('\n').filter((line) => {
    const header = /^\s*\[+\s*([^\]]+?)\s*\]/.exec(line)?.[1]
    if (header !== undefined) isInside = header === name || header.startsWith(`${name}.`)
    return !isInside
  })
  return `${kept.join('\n').trimEnd()}\n`
}
