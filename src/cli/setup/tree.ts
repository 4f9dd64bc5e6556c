import { AppError } from '../../errors.ts'

/** An object of a file of settings. */
export type Tree = Record<string, unknown>

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object at a key; an empty one where the key is missing. Throws `invalid_input` for any other value. */
export function objectAt(tree: Tree, key: string, file: string): Tree {
  const value = tree[key] ?? {}
  if (isTree(value)) return value
  throw unreadable(file, `"${key}" is no object`)
}

/** The error for a file that cannot be changed safely. */
export function unreadable(file: string, why: string): AppError {
  return new AppError('invalid_input', `${file} cannot be read: ${why}. Nothing was changed.`, {
    hint: 'Repair the file, or add the entry by hand: `inkwell setup <client> --print` shows it.',
  })
}
