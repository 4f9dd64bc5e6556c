import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { saveOutput, type SavedFile, type SaveOptions } from '../media/save.ts'
import type { ProviderOutput } from '../providers/provider.ts'

/** Saves what can be saved, as `name-1`, `name-2` … Throws `no_output`, or why the first failed, where none could. */
export async function saveAll(
  outputs: readonly ProviderOutput[],
  { name, ...options }: SaveOptions,
): Promise<SavedFile[]> {
  const saves = await Promise.allSettled(
    outputs.map((output, index) =>
      saveOutput(output, { ...options, name: `${name}-${index + 1}` }),
    ),
  )
  const files = saves.flatMap((save) => (save.status === 'fulfilled' ? [save.value] : []))
  if (files.length > 0) return files
  const [first] = saves
  if (first?.status === 'rejected') throw first.reason
  throw new AppError(
    'no_output',
    'The image service finished without an output; nothing was charged.',
    {
      hint: 'Try again, or try another model.',
    },
  )
}

/** Removes files that turned out to be nobody's. */
export async function discard(files: readonly SavedFile[]): Promise<void> {
  await Promise.all(files.map(({ path }) => rm(path, { force: true })))
}

/** Removes whatever a dead process left of a generation, whole files and halves. */
export async function discardAll(dir: string, id: string): Promise<void> {
  const names = await readdir(dir).catch(() => [])
  const left = names.filter((name) => name.startsWith(`${id}-`) || name.startsWith(`.${id}-`))
  await Promise.all(left.map((name) => rm(join(dir, name), { force: true })))
}
