import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../errors.ts'
import type { FileMetadata } from '../media/metadata.ts'
import { nameFile } from '../media/name-file.ts'
import { SaveFaultError, saveOutput, type SavedFile, type SaveOptions } from '../media/save.ts'
import type { ProviderOutput } from '../media/image.ts'
import type { Order } from './begin.ts'
import { promptOf, seedOf } from './request.ts'

/** The names of the files of a job, and the metadata embedded in them. */
export type FilePlan = {
  /** Without an extension. Different for every attempt at the same job. */
  name: string
  /** The file name that the caller wants, or null. */
  saveAs: string | null
  metadata: FileMetadata
}

/** `renamed` has a sentence for each file that could not get the wanted name. */
type Saved = { files: SavedFile[]; renamed: string[] }

/** Returns the metadata to embed in the files of a generation. */
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
 * Saves all outputs that can be saved, as `name-1`, `name-2` … or under the wanted name. If none can be saved, throws
 * `no_output` or the error of the first. If a write to the disk fails, removes all files and throws `SaveFaultError`.
 */
export async function saveAll(
  { outputDir: dir, metadata: isEmbedded }: { outputDir: string; metadata: boolean },
  { name, saveAs, metadata, kind }: FilePlan & Pick<SaveOptions, 'kind'>,
  outputs: readonly ProviderOutput[],
): Promise<Saved> {
  const options = { dir, kind: kind ?? null, metadata: isEmbedded ? metadata : undefined }
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

/** Renames the files one after the other, so that their numbers follow the order of the outputs. */
async function nameFiles(saved: readonly SavedFile[], dir: string, saveAs: string): Promise<Saved> {
  const named: Saved = { files: [], renamed: [] }
  for (const [index, file] of saved.entries()) {
    const numbering = saved.length === 1 ? {} : { number: index + 1 }
    const { path, renamed } = await nameFile(file, { dir, name: saveAs, ...numbering })
    named.files.push({ ...file, path })
    named.renamed.push(...renamed)
  }
  return { ...named, renamed: [...new Set(named.renamed)] } // the same sentence only once
}

/** Removes files that belong to no result. */
export async function discard(files: readonly SavedFile[]): Promise<void> {
  await Promise.all(files.map(({ path }) => rm(path, { force: true })))
}

/** Removes all files of a generation that a dead process left, complete or partial, except `kept`. */
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
