import { buffer } from 'node:stream/consumers'
import type { AssetTable } from '../db/schema/generations.ts'
import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import { isMeasured } from '../media/inspect.ts'
import {
  FOLDER,
  NotStoredError,
  StoreFaultError,
  type ByteRange,
  type OpenedFile,
  type OutputStore,
  type OutputStores,
} from '../media/output-store.ts'
import { makePreview, readPreview, type Preview } from '../media/preview.ts'
import { MAX_INPUT_BYTES } from '../media/read-file.ts'
import { createSmallCopies, type SmallCopies } from '../media/small-copies.ts'
import { inQuotes, throwIfCancelled } from '../media/reference.ts'
import type { Meter } from '../metrics.ts'
import type { FetchAgain } from './fetch-again.ts'
import { removalOf, type Retention } from './retention.ts'

/** How long a signed link to a file is valid, in seconds. */
export const LINK_SECONDS = 15 * 60

/** Longest side of the one small copy of each picture that is stored, in pixels. */
export const PREVIEW_MAX = 512

type StoredAt = Pick<AssetTable, 'store' | 'path'>
type Copies = Pick<AssetTable, 'id' | 'store' | 'path' | 'former'>

/** The files of results and uploads, by their rows. */
export type Files = {
  /** Where new files go. */
  store: OutputStore
  /** Small copies that were made while their pictures were saved. */
  copies: SmallCopies
  /** Opens a file, or a part of it. A lost one is fetched again where its maker still has it. Throws `not_found` if it is gone, `ledger_unavailable` if nobody can tell now. */
  open(asset: AssetTable, range?: ByteRange): Promise<OpenedFile>
  /** Reads a file as an input of new work, which a caller named so. Throws as `open`, and `input_unreadable`. */
  read(asset: AssetTable, reference: string, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Returns a small copy of a picture; null for other files. For `PREVIEW_MAX` it is the one of `copies`, which is given once,
   * and then made once and stored. Throws as `open`.
   */
  preview(asset: AssetTable, maxSize: number): Promise<Preview | null>
  /**
   * Removes a file, its small copy and what is left of both at former places, if they are there. Returns the former
   * stores that this process does not know. Throws `ledger_unavailable`.
   */
  remove(asset: Copies): Promise<string[]>
  /** Returns a signed link that the store itself serves; null if it has none. */
  url(asset: AssetTable): Promise<string | null>
  /** Returns when the file of a result will be removed, in milliseconds since 1970; null if it is kept for ever. */
  removalOf(this: void, asset: AssetTable): number | null
  /** Returns where a file is on this machine; null if it is elsewhere. */
  localPath(asset: AssetTable): string | null
}

type FilesDeps = {
  stores: OutputStores
  keep: Retention
  fetchAgain: FetchAgain
  log: Log
  meter: Meter
}

/** Joins the rows of files with the stores that hold them. */
export function createFiles({ stores, keep, fetchAgain, log, meter }: FilesDeps): Files {
  const copies = createSmallCopies()
  const open: Files['open'] = async (asset, range) => {
    const store = storeOf(stores, asset)
    try {
      return await store.open(asset.path, range)
    } catch (error) {
      if (!(error instanceof NotStoredError)) throw error
      if (await fetchAgain(asset, store)) return await store.open(asset.path, range)
      meter.record('files_lost_total', 1, {})
      log.error('file.lost', { asset: asset.id, store: asset.store, path: asset.path })
      throw lost(asset)
    }
  }
  return {
    store: stores.current,
    copies,
    open,
    async read(asset, reference, signal) {
      throwIfCancelled(signal)
      const { bytes, content } = await open(asset)
      if (bytes > 0 && bytes <= MAX_INPUT_BYTES) return await allOf(content)
      content.destroy()
      const what = bytes === 0 ? 'is empty' : `has ${bytes} bytes; at most 50 MiB pass`
      throw new AppError('input_unreadable', `The file of ${inQuotes(reference)} ${what}.`, {
        hint: 'Give another image.',
      })
    },
    async preview(asset, maxSize) {
      if (!isMeasured(asset.mime_type)) return null
      const isFresh = maxSize === PREVIEW_MAX && asset.removed_at === null
      const fresh = isFresh ? copies.take(asset.sha256) : undefined
      if (fresh !== undefined) return fresh
      const store = storeOf(stores, asset)
      const path = previewPath(asset)
      const stored = maxSize === PREVIEW_MAX ? await storedPreview(store, path) : null
      if (stored !== null) return stored
      const { content } = await open(asset)
      const local = store.localPath(asset.path)
      if (local !== null) content.destroy()
      const made = await makePreview(local ?? (await allOf(content)), {
        maxSize,
        mimeType: asset.mime_type,
      })
      if (made !== null && maxSize === PREVIEW_MAX)
        await store
          .put({ path, mimeType: made.mimeType, content: made.bytes })
          .catch((error: unknown) => log.warn('preview.not_stored', { asset: asset.id, error }))
      return made
    },
    async remove(asset) {
      const left = await removeCopies(stores, asset)
      await removeAt(storeOf(stores, asset), asset)
      if (left.length > 0) log.warn('file.copies_left', { asset: asset.id, stores: left })
      return left
    },
    url: async (asset) => await storeOf(stores, asset).url(asset.path, LINK_SECONDS),
    removalOf: (asset) => removalOf(asset, keep),
    localPath: (asset) => stores.named(asset.store)?.localPath(asset.path) ?? null,
  }
}

/** The places where a move left copies of a file. */
export function formerPlaces({ former }: Pick<AssetTable, 'former'>): StoredAt[] {
  return former === null ? [] : (JSON.parse(former) as StoredAt[])
}

/** Removes the copies that moves left of a file. Returns the stores that this process does not know. */
export async function removeCopies(
  stores: OutputStores,
  { id, former }: Pick<AssetTable, 'id' | 'former'>,
): Promise<string[]> {
  const left: string[] = []
  for (const { store: name, path } of formerPlaces({ former })) {
    const store = stores.named(name)
    if (store === null) left.push(name ?? FOLDER)
    else await removeAt(store, { id, path })
  }
  return left
}

async function removeAt(
  store: OutputStore,
  { id, path }: Pick<AssetTable, 'id' | 'path'>,
): Promise<void> {
  await Promise.all([store.remove(path), store.remove(previewPath({ id }))])
}

/** Returns where the small copy of a picture is, below its store. */
function previewPath({ id }: Pick<AssetTable, 'id'>): string {
  return `.previews/${id}`
}

/** Throws `ledger_unavailable` for a store that this process is not set up for. */
function storeOf(stores: OutputStores, { store }: StoredAt): OutputStore {
  const found = stores.named(store)
  if (found === null) throw new StoreFaultError(new Error(`this process does not know ${store}`))
  return found
}

async function storedPreview(store: OutputStore, path: string): Promise<Preview | null> {
  try {
    return readPreview(await allOf((await store.open(path)).content))
  } catch (error) {
    if (error instanceof NotStoredError) return null
    throw error
  }
}

/** Reads all content. A connection that breaks off is a fault of the store. */
async function allOf(content: OpenedFile['content']): Promise<Uint8Array> {
  try {
    return await buffer(content)
  } catch (cause) {
    throw new StoreFaultError(cause)
  }
}

function lost({ id }: AssetTable): AppError {
  return new AppError('not_found', `The file of ${id} is not where it was stored.`, {
    hint: 'It stays paid, and its operator is told by the log: ask the operator of this server for it, with this id.',
    localHint: 'If it was moved, move it back, or point INKWELL_OUTPUT_DIR at its folder.',
  })
}
