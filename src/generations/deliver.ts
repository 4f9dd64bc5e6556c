import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Modality } from '../pricing/catalog.ts'
import { OUTPUT_SPACE, type DiskSpace } from '../media/disk-space.ts'
import { SaveFaultError } from '../media/save.ts'
import { FetchFaultError, withBill, type ProviderResult } from '../providers/provider.ts'
import { inStep } from '../trace.ts'
import type { Result } from './finish.ts'
import type { Remarks } from './generation.ts'
import { saveAll, type FilePlan, type Saving } from './outputs.ts'
import { createPause } from './retry.ts'

/** How long a result can be fetched, in milliseconds. No provider keeps its results longer. */
export const RETENTION_MS = 48 * 60 * 60_000

type Deps = Saving & {
  diskSpace: DiskSpace
  /** The time, in milliseconds since 1970. */
  now: () => number
  log: Log
  /** Aborted when the process stops. */
  stopping: AbortSignal
}

/** Some work, and how to save its result. */
export type Delivery = {
  id: string
  plan: FilePlan
  count: number
  /** The required modality of its files; null allows any. */
  kind: Modality | null
  /** In milliseconds since 1970. */
  begunAt: number
  work: () => Promise<ProviderResult>
  /** What is known of the result, apart from the files. */
  known: Partial<Remarks>
  /** Whether an earlier process had the result and could not save it. */
  isUnsaved: boolean
  /** Whether the provider keeps the result under an id, so that it can be saved later when the disk is full. */
  isRetained: () => boolean
  /** Called before files are saved. */
  onSaving: () => void
  /** Called before each wait for disk space. */
  onUnsaved: (known: Partial<Remarks>) => Promise<void>
}

/**
 * Does some work, saves its files and returns the result. If the provider keeps the result and only our disk is full,
 * retries for as long as the provider keeps it. Returns null if the process stops first. Throws what the work throws,
 * and the error that ended the retries.
 */
export async function deliver(deps: Deps, delivery: Delivery): Promise<Result | null> {
  const { id, plan, count, kind } = delivery
  const pause = createPause(deps.stopping)
  let { isUnsaved, known } = delivery
  let needed = count * OUTPUT_SPACE
  let made: ProviderResult | undefined
  let lastLogged = ''
  do {
    try {
      if (isUnsaved) await deps.diskSpace.assertFits(needed) // a full disk must not cause the same download again and again
      made ??= await delivery.work()
      if (deps.stopping.aborted) return null // nothing that is saved from here on would be charged
      delivery.onSaving()
      const { outputs, bill, unpaid, ...remarks } = made
      known = joined(known, remarks)
      const { files, renamed } = await inStep({ name: 'save' }, () =>
        saveAll(deps, { ...plan, kind }, outputs.slice(0, count)),
      )
      known = joined(known, { adjusted: renamed })
      const cost = { ...(bill && { bill }), ...(unpaid && { unpaid }) }
      return { notes: [], adjusted: [], dropped: [], ...known, files, ...cost }
    } catch (error) {
      isUnsaved ||= error instanceof SaveFaultError && delivery.isRetained()
      const isOver = deps.now() > delivery.begunAt + RETENTION_MS
      if (!isUnsaved || !isTransient(error) || isOver)
        throw error instanceof AppError ? withBill(error, made?.bill) : error
      if (error instanceof SaveFaultError) needed = Math.max(needed, error.bytes)
      if (error.message !== lastLogged)
        deps.log.error('generation.unsaved', { generation: id, error })
      lastLogged = error.message
      await delivery.onUnsaved(known)
    }
  } while (await pause())
  return null
}

/** Returns the remarks from before the work together with those of the work. */
function joined(before: Partial<Remarks>, added: Partial<Remarks>): Partial<Remarks> {
  const both = (of: 'adjusted' | 'dropped'): string[] => [
    ...new Set([...(before[of] ?? []), ...(added[of] ?? [])]),
  ]
  return { ...before, ...added, adjusted: both('adjusted'), dropped: both('dropped') }
}

/** Whether a finished result may still be fetched and saved: it is neither gone nor broken. */
function isTransient(error: unknown): error is AppError {
  if (error instanceof SaveFaultError || error instanceof FetchFaultError) return true
  return error instanceof AppError && TRANSIENT.has(error.code)
}

const TRANSIENT: ReadonlySet<string> = new Set([
  'ledger_unavailable', // no disk space
  'upstream_unavailable',
  'upstream_timeout',
  'upstream_rejected', // the key was rejected, and may be valid again later
  'upstream_balance_exhausted',
])
