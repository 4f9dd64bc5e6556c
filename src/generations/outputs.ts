import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../errors.ts'
import { SaveFaultError, saveOutput, type SavedFile, type SaveOptions } from '../media/save.ts'
import type { ProviderOutput } from '../providers/provider.ts'

/**
 * Saves what can be saved, as `name-1`, `name-2` … Throws `no_output`, or why the first failed, where none could, and
 * `SaveFaultError` where the disk did not take one: then none is left.
 */
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
  const faults = saves.flatMap((save) =>
    save.status === 'rejected' && save.reason instanceof SaveFaultError ? [save.reason] : [],
  )
  if (faults.length > 0) {
    await discard(files)
    const bytes = [...files, ...faults].reduce((sum, each) => sum + each.bytes, 0)
    throw new SaveFaultError(faults[0]?.cause, bytes)
  }
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

/** Removes whatever a dead process left of a generation, whole files and halves, but not what is kept. */
export async function discardAll(
  dir: string,
  id: string,
  kept: readonly SavedFile[] = [],
): Promise<void> {
  const names = await readdir(dir).catch(() => [])
  const keep = new Set(kept.map(({ path }) => basename(path)))
  const left = names.filter(
    (name) => (name.startsWith(`${id}-`) || name.startsWith(`.${id}-`)) && !keep.has(name),
  )
  await Promise.all(left.map((name) => rm(join(dir, name), { force: true })))
}
