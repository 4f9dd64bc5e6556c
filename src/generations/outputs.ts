import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../errors.ts'
import type { FileMetadata } from '../media/metadata.ts'
import { nameFile } from '../media/name-file.ts'
import { SaveFaultError, saveOutput, type SavedFile, type SaveOptions } from '../media/save.ts'
import type { ProviderOutput } from '../media/image.ts'
import type { Order } from './begin.ts'
import { promptOf, seedOf } from './request.ts'

/** How the files of a job are named, and what they say of themselves. */
export type FilePlan = {
  /** Without an ending: another one for every attempt at the same job. */
  name: string
  /** What the caller wants them to be called, or null. */
  saveAs: string | null
  metadata: FileMetadata
}

/** `renamed` has a sentence for each file that could not be called as its caller wanted. */
type Saved = { files: SavedFile[]; renamed: string[] }

/** What the files of a generation say of themselves. */
export function metadataOf({
  id,
  request,
  provider,
}: Pick<Order, 'id' | 'request'> & { provider: string }): FileMetadata {
  return {
    generationId: id,
    model: request.model,
    prompt: promptOf(request),
    seed: seedOf(request),
    isTrained: provider !== 'local',
  }
}

/**
 * Saves what can be saved, as `name-1`, `name-2` … or as the caller wants. Throws `no_output`, or why the first failed,
 * where none could, and `SaveFaultError` where the disk did not take one: then none is left.
 */
export async function saveAll(
  { outputDir: dir, metadata: tells }: { outputDir: string; metadata: boolean },
  { name, saveAs, metadata, kind }: FilePlan & Pick<SaveOptions, 'kind'>,
  outputs: readonly ProviderOutput[],
): Promise<Saved> {
  const options = { dir, kind: kind ?? null, metadata: tells ? metadata : undefined }
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
  if (files.length > 0)
    return saveAs === null ? { files, renamed: [] } : await nameFiles(files, dir, saveAs)
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

/** One after the other, so that the first is the first. */
async function nameFiles(saved: readonly SavedFile[], dir: string, saveAs: string): Promise<Saved> {
  const named: Saved = { files: [], renamed: [] }
  for (const [index, file] of saved.entries()) {
    const place = saved.length === 1 ? {} : { number: index + 1 }
    const { path, renamed } = await nameFile(file, { dir, name: saveAs, ...place })
    named.files.push({ ...file, path })
    named.renamed.push(...renamed)
  }
  return { ...named, renamed: [...new Set(named.renamed)] } // what holds for all is said once
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
