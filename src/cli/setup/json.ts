import {
  applyEdits,
  findNodeAtLocation,
  modify,
  parse,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser'
import { unreadable, type Tree } from './tree.ts'

/**
 * Reads JSON with comments and trailing commas. A new key is put first in its object, where it moves no comment and no
 * comma of another. A blank text is an empty object. Throws `invalid_input`.
 */
export function readJson(text: string, file: string) {
  const source = text.trim() === '' ? '{}\n' : text
  const errors: ParseError[] = []
  const tree: unknown = parse(source, errors, { allowTrailingComma: true })
  const [first] = errors
  if (first !== undefined) {
    const line = source.slice(0, first.offset).split('\n').length
    throw unreadable(file, `line ${line}, ${printParseErrorCode(first.error)}`)
  }
  return {
    tree,
    change: (path: readonly string[], value: Tree | undefined): string => {
      const root = parseTree(source)
      if (root === undefined) return source
      const node = findNodeAtLocation(root, [...path])
      if (value === undefined) return without(source, path, node?.parent)
      if (node !== undefined) return edited(source, path, value)
      const [, name = ''] = path
      const servers = findNodeAtLocation(root, path.slice(0, 1))
      if (servers !== undefined) return withFirst(source, servers, [name, value])
      return withFirst(source, root, [path[0] ?? '', { [name]: value }])
    },
  }
}

function edited(text: string, path: readonly string[], value: Tree | undefined): string {
  const { unit, eol } = styleOf(text)
  const hasTabs = unit.includes('\t')
  const formattingOptions = { insertSpaces: !hasTabs, tabSize: hasTabs ? 1 : unit.length, eol }
  return applyEdits(text, modify(text, [...path], value, { formattingOptions }))
}

/** The text with a new first key in an object, a line for each of its values. */
function withFirst(text: string, object: Node, [key, value]: [string, Tree]): string {
  const { unit, eol } = styleOf(text)
  const outer = unit.repeat(depthOf(object))
  const lines = JSON.stringify({ [key]: value }, null, unit)
    .split('\n')
    .slice(1, -1)
  const piece = lines.map((line) => `${eol}${outer}${line}`).join('')
  const isEmpty = (object.children ?? []).length === 0
  const start = object.offset + 1
  const rest = text.slice(start)
  const end = /^\s*\}/.test(rest) ? `${eol}${outer}${rest.trimStart()}` : rest
  return `${text.slice(0, start)}${piece}${isEmpty ? end : `,${rest}`}`
}

/** The text without a property. One that stands first is taken out as it was put in. */
function without(text: string, path: readonly string[], property: Node | undefined): string {
  const object = property?.parent
  if (property === undefined || object?.children?.[0] !== property)
    return edited(text, path, undefined)
  const start = object.offset + 1
  const after = text.slice(property.offset + property.length)
  const isOnly = /^\s*,?\s*\}/.test(after)
  const rest = isOnly ? after.replace(/^\s*,?\s*/, '') : after.replace(/^\s*,/, '')
  const isAlone = text.slice(start, property.offset).trim() === ''
  return isAlone ? `${text.slice(0, start)}${rest}` : edited(text, path, undefined)
}

/** How many objects an object stands in. */
function depthOf({ parent }: Node): number {
  if (parent === undefined) return 0
  return depthOf(parent) + (parent.type === 'object' ? 1 : 0)
}

/** The indent of one level and the line ends of a text. */
function styleOf(text: string): { unit: string; eol: string } {
  const unit = /^\s*\{\s*?\n([ \t]+)\S/.exec(text)?.[1] ?? '  '
  return { unit, eol: text.includes('\r\n') ? '\r\n' : '\n' }
}
