import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from '../../errors.ts'
import { makeFolder } from '../../folder.ts'

/** The text of a file; null where there is none. Throws the system's error. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Where a client's file is kept as it was before Inkwell came. */
export const copyOf = (file: string): string => `${file}.before-inkwell`

/** Replaces the text of a file as a whole, and keeps the first one. Throws the system's error. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const before = textOf(file)
  await makeFolder(dirname(file))
  if (before !== null && textOf(copyOf(file)) === null) write(copyOf(file), before, modeOf(file))
  write(before === null ? file : realpathSync(file), text, modeOf(file))
}

/** Leaves a file as it is without Inkwell, or deletes it where it was made for Inkwell; no copy is needed any more. */
export function restoreFile(file: string, text: string): void {
  if (/^\s*(?:\{\s*\}\s*)?$/.test(text) && textOf(copyOf(file)) === null) rmSync(file)
  else write(realpathSync(file), text, modeOf(file))
  rmSync(copyOf(file), { force: true })
}

function write(file: string, text: string, mode: number): void {
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode })
  renameSync(temporary, file)
}

/** The mode of a file. A new one is for its owner only: it may come to hold a key. */
function modeOf(file: string): number {
  return (statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o777
}
