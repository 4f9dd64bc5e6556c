import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { crypto } from '../crypto.ts'
import { query, type Db } from '../db/db.ts'
import type { AssetTable } from '../db/schema/generations.ts'
import { formerPlaces } from './files.ts'
import { selectLinkedAsset } from './queries.ts'
import { makeFolder } from '../folder.ts'
import type { Log } from '../log.ts'
import { stagedName } from '../media/folder-store.ts'
import {
  NotStoredError,
  StoreFaultError,
  type OutputStore,
  type OutputStores,
} from '../media/output-store.ts'

/** Files that are copied at once, and rows that are read at a time. */
const AT_ONCE = 4
const PAGE = 200
/** Tries of one file, and the pause after the first, in milliseconds. */
const TRIES = 5
const PAUSE_MS = 500

/** How many files were moved, with their bytes, and how many stay: not there, or other than when they were made. */
export type Moved = { moved: number; bytes: number; missing: number; damaged: number }

export type MoveDeps = { db: Db; log: Log; stores: OutputStores; to: OutputStore }

type Row = Pick<AssetTable, 'id' | 'store' | 'path' | 'former' | 'mime_type' | 'sha256' | 'bytes'>

/**
 * Copies all files to a store, reads each back, compares its hash, and then switches its row, which keeps where the old
 * copy is. It may be interrupted and run again: what has moved is not moved again. Throws `ledger_unavailable`.
 */
export async function moveFiles(
  deps: MoveDeps,
  onProgress: (moved: Moved) => void = () => {},
): Promise<Moved> {
  const { db, to } = deps
  const moved: Moved = { moved: 0, bytes: 0, missing: 0, damaged: 0 }
  for (let after = '', full = true; full;) {
    const page = await db.read(() =>
      query((builder) =>
        builder
          .selectFrom('asset')
          .select(['id', 'store', 'path', 'former', 'mime_type', 'sha256', 'bytes'])
          .where('removed_at', 'is', null)
          .where('id', '>', after)
          .where((eb) => eb.or([eb('store', '<>', to.name), eb('store', 'is', null)]))
          .orderBy('id')
          .limit(PAGE),
      ),
    )
    full = page.length === PAGE
    after = page.at(-1)?.id ?? after
    for (let from = 0; from < page.length; from += AT_ONCE) {
      const rows = page.slice(from, from + AT_ONCE)
      const outcomes = await Promise.all(rows.map((row) => persistently(() => moveFile(deps, row))))
      for (const [index, outcome] of outcomes.entries()) {
        moved[outcome] += 1
        if (outcome === 'moved') moved.bytes += rows[index]?.bytes ?? 0
      }
      onProgress(moved)
    }
  }
  return moved
}

/** Does it again after a fault of a store, a few times: one of many requests may fail. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreFaultError) || tries === TRIES) throw error
      await sleep(PAUSE_MS * tries)
    }
  }
}

async function moveFile(
  { db, log, stores, to }: MoveDeps,
  row: Row,
): Promise<'moved' | 'missing' | 'damaged'> {
  const from = stores.named(row.store)
  if (from === null) throw new StoreFaultError(new Error(`nothing is known of ${row.store}`))
  const file = join(to.staging, stagedName(row.id))
  try {
    const path = isAbsolute(row.path) ? `${row.id}-${basename(row.path)}` : row.path
    if ((await copyTo(file, from, row.path)) !== row.sha256) throw new DamagedError()
    await to.put({ path, mimeType: row.mime_type, content: { file, bytes: row.bytes } })
    if ((await hashOf(to, path)) !== row.sha256) throw new DamagedError()
    const [switched] = await db.write(() =>
      query((builder) =>
        builder
          .updateTable('asset')
          .set({ store: to.name, path, former: formerOf(row, { store: to.name, path }) })
          .where('id', '=', row.id)
          .where('store', 'is not distinct from', row.store)
          .where('path', '=', row.path)
          .where('removed_at', 'is', null)
          .returning('id'),
      ),
    )
    if (switched !== undefined || (await isAt(db, { id: row.id, store: to.name, path })))
      return 'moved'
    await to.remove(path) // its content was removed meanwhile
    return 'missing'
  } catch (error) {
    const outcome =
      error instanceof NotStoredError ? 'missing' : error instanceof DamagedError ? 'damaged' : null
    if (outcome === null) throw error
    log.error('file.not_moved', { asset: row.id, store: row.store, path: row.path, outcome })
    return outcome
  } finally {
    await rm(file, { force: true })
  }
}

/** Whether a file is at a place now: another move has switched its row, and what it points at must stay. */
async function isAt(db: Db, { id, store, path }: Place & { id: string }): Promise<boolean> {
  const [row] = await db.read(() => selectLinkedAsset({ id }))
  return row?.removed_at === null && row.store === store && row.path === path
}

/** Returns all places that a file has left, for its row; null if there are none. */
function formerOf(row: Row, now: Place): string | null {
  const { store, path } = row
  const all = [...formerPlaces(row), { store, path }]
  const places = all.filter((place) => place.store !== now.store || place.path !== now.path)
  return places.length === 0 ? null : JSON.stringify(places)
}

type Place = Pick<AssetTable, 'store' | 'path'>

class DamagedError extends Error {}

/** Writes the content of a stored file to a local file. Returns its SHA-256 in hex. */
async function copyTo(file: string, store: OutputStore, path: string): Promise<string> {
  await makeFolder(dirname(file))
  const { content } = await store.open(path)
  const hash = crypto().createHash('sha256')
  const hashed = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(content, hashed, createWriteStream(file, { flags: 'wx', mode: 0o600 }))
  return hash.digest('hex')
}

async function hashOf(store: OutputStore, path: string): Promise<string> {
  const { content } = await store.open(path)
  const hash = crypto().createHash('sha256')
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      hash.update(chunk)
      done()
    },
  })
  await pipeline(content, sink)
  return hash.digest('hex')
}
