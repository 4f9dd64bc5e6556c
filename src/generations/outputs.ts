import { AppError } from '../errors.ts'
import type { FileMetadata } from '../media/metadata.ts'
import { nameFile } from '../media/name-file.ts'
import { StoreFaultError, type OutputStore } from '../media/output-store.ts'
import {
  clearStaged,
  SaveFaultError,
  saveOutput,
  type SavedFile,
  type SaveOptions,
} from '../media/save.ts'
import type { ProviderOutput } from '../media/image.ts'
import type { SmallCopies } from '../media/small-copies.ts'
import type { Order } from './begin.ts'
import { promptOf, seedOf } from './request.ts'

/** The names of the files of a job, and the metadata embedded in them. */
export type FilePlan = {
  /** Without an extension. Different for every attempt at the same job. */
  name: string
  /** The file name that the caller wants, or null. */
  saveAs: string | null
  metadata: FileMetadata
  /** Whether the caller will be shown a small copy of the first file. */
  isShown: boolean
}

/** What saves the outputs of jobs. */
export type Saving = {
  store: OutputStore
  /** Whether model, prompt and seed are embedded in the files. */
  metadata: boolean
  copies: SmallCopies
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
 * `no_output` or the error of the first. If the disk or the store fails, removes all files and throws `SaveFaultError`.
 */
export async function saveAll(
  { store, metadata: isEmbedded, copies }: Saving,
  { name, saveAs, metadata, isShown, kind }: FilePlan & Pick<SaveOptions, 'kind'>,
  outputs: readonly ProviderOutput[],
): Promise<Saved> {
  const options = { store, kind: kind ?? null, metadata: isEmbedded ? metadata : undefined }
  const saves = await Promise.allSettled(
    outputs.map((output, index) =>
      saveOutput(output, {
        ...options,
        name: `${name}-${index + 1}`,
        copies: isShown && index === 0 ? copies : undefined,
      }),
    ),
  )
  const files = saves.flatMap((save) => (save.status === 'fulfilled' ? [save.value] : []))
  const faults = saves.flatMap((save) =>
    save.status === 'rejected' && save.reason instanceof SaveFaultError ? [save.reason] : [],
  )
  if (faults.length > 0) {
    await discard(store, files)
    const bytes = [...files, ...faults].reduce((sum, each) => sum + each.bytes, 0)
    throw new SaveFaultError(faults[0]?.cause, bytes)
  }
  if (files.length > 0)
    return saveAs === null ? { files, renamed: [] } : await nameFiles(files, store, saveAs)
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

/**
 * Renames the files one after the other, so that their numbers follow the order of the outputs. Only a folder has names
 * of the caller's choice.
 */
async function nameFiles(
  saved: readonly SavedFile[],
  store: OutputStore,
  saveAs: string,
): Promise<Saved> {
  const named: Saved = { files: [], renamed: [] }
  for (const [index, file] of saved.entries()) {
    const path = store.localPath(file.path)
    if (path === null) return { files: [...saved], renamed: [NO_NAMES] }
    const numbering = saved.length === 1 ? {} : { number: index + 1 }
    const wanted = { dir: store.staging, name: saveAs, ...numbering }
    const moved = await nameFile({ path, mimeType: file.mimeType }, wanted)
    named.files.push({ ...file, path: store.pathOf(moved.path) ?? file.path })
    named.renamed.push(...moved.renamed)
  }
  return { ...named, renamed: [...new Set(named.renamed)] } // the same sentence only once
}

const NO_NAMES = 'The files are in a bucket, under their own names.'

/** Removes files that belong to no result, as far as the store lets us: it may have failed. */
export async function discard(store: OutputStore, files: readonly SavedFile[]): Promise<void> {
  await Promise.allSettled(files.map(({ path }) => store.remove(path)))
}

/**
 * Removes all files of a generation that a dead process left, complete or partial, except `kept`. A store that cannot
 * be used keeps them.
 */
export async function discardAll(
  store: OutputStore,
  id: string,
  kept: readonly SavedFile[] = [],
): Promise<void> {
  const keep = new Set(kept.map(({ path }) => path))
  await clearStaged(store, `${id}-`)
  try {
    for await (const path of store.list(`${id}-`)) if (!keep.has(path)) await store.remove(path)
  } catch (error) {
    if (!(error instanceof StoreFaultError)) throw error
  }
}
