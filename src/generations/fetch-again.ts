import type { Db } from '../db/db.ts'
import type { AssetTable } from '../db/schema/generations.ts'
import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import { StoreFaultError, type OutputStore } from '../media/output-store.ts'
import { restoreOutput } from '../media/save.ts'
import { FetchFaultError, type Provider } from '../providers/provider.ts'
import { RETENTION_MS } from './deliver.ts'
import type { Providers } from './deps.ts'
import type { StoredRequest } from './generation.ts'
import { metadataOf } from './outputs.ts'
import { forgetSource, selectAsset, selectGeneration } from './queries.ts'

/** Files that are fetched at once. Readers of others wait. */
const AT_ONCE = 4

/**
 * Stores a lost file again, if the image service still has it, and returns whether it did. Nothing is charged: the
 * service only hands out what it keeps. Throws `ledger_unavailable` if nobody can tell now.
 */
export type FetchAgain = (asset: AssetTable, store: OutputStore) => Promise<boolean>

type FetchAgainDeps = { db: Db; log: Log; providers: Providers; now: () => number }

/** Creates the function that fetches lost files again: each once at a time, whoever asks for it. */
export function createFetchAgain(deps: FetchAgainDeps): FetchAgain {
  const fetching = new Map<string, Promise<boolean>>()
  return async (asset, store) => {
    if (!mayBeKept(asset, deps.now())) return false
    while (!fetching.has(asset.id) && fetching.size >= AT_ONCE)
      await Promise.race([...fetching.values()].map((one) => one.catch(() => false)))
    const known = fetching.get(asset.id)
    if (known !== undefined) return await known
    const begun = fetchAgain(deps, asset, store).finally(() => fetching.delete(asset.id))
    fetching.set(asset.id, begun)
    return await begun
  }
}

/** Whether the image service may still have a file. */
export function mayBeKept(
  { source, created_at }: Pick<AssetTable, 'source' | 'created_at'>,
  at: number,
): boolean {
  return source !== null && created_at + RETENTION_MS > at
}

async function fetchAgain(
  { db, log, providers }: FetchAgainDeps,
  asset: AssetTable,
  store: OutputStore,
): Promise<boolean> {
  const { id, account_id, source, generation_id } = asset
  const [made] = await db.read(() => selectGeneration({ id: generation_id ?? '', account_id }))
  if (made === undefined || source === null) return false
  const provider = await providers.open(made.provider as Provider['name'], made.billing)
  if (provider?.outputAt === undefined) return false
  const { request } = JSON.parse(made.request) as StoredRequest
  const metadata = metadataOf({ id: made.id, request, provider: made.provider })
  const restored = await restoreOutput(provider.outputAt(source), { store, asset, metadata }).catch(
    goneOrFault,
  )
  if (!restored) {
    await db.write(() => forgetSource({ id }))
    return false
  }
  const [row] = await db.read(() => selectAsset({ id, account_id }))
  if (row?.removed_at === null) {
    log.warn('file.fetched_again', { asset: id, store: store.name, path: asset.path })
    return true
  }
  await store.remove(asset.path)
  throw new StoreFaultError(new Error('its content was removed meanwhile'))
}

/** Returns false if the service no longer has the file. Throws `StoreFaultError` if that is not known. */
function goneOrFault(error: unknown): false {
  const isGone = error instanceof AppError && error.code === 'no_output'
  if (isGone && !(error instanceof FetchFaultError)) return false
  throw error instanceof StoreFaultError ? error : new StoreFaultError(error)
}
