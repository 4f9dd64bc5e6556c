import { pathToFileURL } from 'node:url'
import type { Caller } from '../accounts/caller.ts'
import type { AssetTable } from '../db/schema/generations.ts'
import type { Files } from '../generations/files.ts'

/** Where a caller finds a file. A path only on this machine, a link where there is one. */
export type Place = {
  uri: string
  path: string | null
  url: string | null
  /** When it will be removed, or was, in milliseconds since 1970; null if it is kept for ever. */
  expiresAt: number | null
}

/** The places of some files, by their ids. */
export type Places = ReadonlyMap<string, Place>

/** Finds where a caller can read each file. Over HTTP no path is shown; links last 15 minutes. */
export async function placesOf(
  assets: readonly AssetTable[],
  caller: Pick<Caller, 'mayReadFiles' | 'linkTo'>,
  files: Files,
): Promise<Places> {
  const placed = assets.map(async (asset): Promise<[string, Place]> => {
    if (asset.removed_at !== null) return [asset.id, NOWHERE(asset)]
    const path = caller.mayReadFiles ? files.localPath(asset) : null
    const uri = path === null ? `inkwell://assets/${asset.id}` : pathToFileURL(path).href
    const url = (await files.url(asset)) ?? caller.linkTo?.(asset.id) ?? null
    return [asset.id, { uri, path, url, expiresAt: files.removalOf(asset) }]
  })
  return new Map(await Promise.all(placed))
}

const NOWHERE = ({ id, removed_at = null }: { id: string; removed_at?: number | null }): Place => ({
  uri: `inkwell://assets/${id}`,
  path: null,
  url: null,
  expiresAt: removed_at,
})

/** Returns the place of a file. */
export function placeOf({ id }: AssetTable, places: Places): Place {
  return places.get(id) ?? NOWHERE({ id })
}

/** Returns the one place that a text names: the path on this machine, else the link. */
export function whereIs(asset: AssetTable, places: Places): string {
  const { path, url, uri } = placeOf(asset, places)
  return path ?? url ?? uri
}
