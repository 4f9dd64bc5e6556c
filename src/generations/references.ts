import type { Caller } from '../accounts/caller.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { linkSecret } from '../ledger/metadata.ts'
import { pathsMeant } from '../media/find-file.ts'
import { inQuotes } from '../media/reference.ts'
import { findAsset, findLinkedAsset, requireUnexpired } from './generation.ts'
import type { Files } from './files.ts'
import { createLinks, type Signed } from './links.ts'
import { selectAssetAt } from './queries.ts'
import type { AssetTable } from '../db/schema/generations.ts'

/** What finding a file needs. `pathOf` as in a store. */
type Ledger = { db: Db; now: () => number; files: Pick<Files, 'store'> }

/** An id, and the link that it is part of, if any. */
type ParsedReference = { id: string; link: { origin: string; signed: Signed } | null }

/**
 * Returns the saved file that a reference names: an id, an `inkwell://assets/…` URI or a link. The account's own files
 * are also found by an expired link, and by a link to another name of this server. Files of another account are found
 * only by a valid link. Returns null for anything else, such as a link to another server. Throws `not_found`, and
 * `unauthorized` for an invalid link to this server.
 */
export async function findSaved(
  ledger: Ledger,
  caller: Caller,
  reference: string,
): Promise<AssetTable | null> {
  const named = parseReference(reference)
  if (named === null) {
    const isLink = /^\s*https?:/i.test(reference)
    return isLink ? await findStored(ledger, caller, reference.trim()) : null
  }
  try {
    return await ledger.db.read(() => findAsset(caller.account.id, named.id, ledger.now()))
  } catch (error) {
    const isElsewhere = error instanceof AppError && error.code === 'not_found'
    if (!isElsewhere || named.link === null) throw error
    return await findLinked(ledger, caller, { id: named.id, ...named.link })
  }
}

/** Finds a file of the account by where it is: a path on this machine, or a link that the store itself serves. */
async function findStored(
  { db, now, files: { store } }: Ledger,
  caller: Caller,
  reference: string,
): Promise<AssetTable | null> {
  const path = store.pathOf(reference)
  if (path === null) return null
  const at = { account_id: caller.account.id, store: store.name, path }
  return await db.read(function* find() {
    const [asset] = yield* selectAssetAt(at)
    return asset === undefined ? null : yield* requireUnexpired(asset, now())
  })
}

async function findLinked(
  { db, now }: Ledger,
  caller: Caller,
  { id, origin, signed }: { id: string; origin: string; signed: Signed },
): Promise<AssetTable | null> {
  const links = createLinks(await db.write(linkSecret), now)
  if (links.opens(id, signed)) return await db.read(() => findLinkedAsset(id, now()))
  const isHere = caller.linkTo !== null && origin === new URL(caller.linkTo(id)).origin
  if (isHere) links.check(id, signed)
  return null
}

/** As `findSaved`, also by the path of the file if the caller may name paths. Throws `not_found` for any other reference. */
export async function findShown(
  ledger: Ledger,
  caller: Caller,
  reference: string,
): Promise<AssetTable> {
  const saved = await findSaved(ledger, caller, reference)
  if (saved !== null) return saved
  const paths = caller.mayReadFiles ? pathsMeant(reference) : []
  for (const path of paths) {
    const asset = await findStored(ledger, caller, path)
    if (asset !== null) return asset
  }
  throw new AppError('not_found', `${inQuotes(reference)} names no image of this account.`, {
    hint: `Give an asset_… or gen_… id, or the uri or ${caller.mayReadFiles ? 'path' : 'url'} of an output as its result gave it.`,
  })
}

/** Returns the id of the generation that a reference names, directly or by one of its files. Throws `not_found`. */
export async function generationOf(
  ledger: Ledger,
  caller: Caller,
  reference: string,
): Promise<string> {
  const id = parseReference(reference)?.id
  if (id?.startsWith('gen_')) return id
  const { generation_id: made } = await findShown(ledger, caller, reference)
  if (made !== null) return made
  throw new AppError('not_found', `${inQuotes(reference)} was uploaded: no generation made it.`, {
    hint: 'Give the id of a result instead.',
    toolHint: 'viewImage shows an upload.',
  })
}

function parseReference(reference: string): ParsedReference | null {
  const text = reference.trim()
  const plain = /^(?:inkwell:\/\/assets\/)?((?:asset|gen)_[0-9a-z]+)$/i.exec(text)?.[1]
  if (plain !== undefined) return { id: plain, link: null }
  const url = /^https?:/i.test(text) ? URL.parse(text) : null
  const id = /\/((?:asset|gen)_[0-9a-f]{32})$/.exec(url?.pathname ?? '')?.[1]
  if (url === null || id === undefined) return null
  const [expires, signature] = ['expires', 'signature'].map((name) => url.searchParams.get(name))
  return {
    id,
    link: { origin: url.origin, signed: { expires: expires ?? '', signature: signature ?? '' } },
  }
}
