import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Modality } from '../pricing/catalog.ts'
import { OUTPUT_SPACE, type DiskSpace } from '../media/disk-space.ts'
import { SaveFaultError } from '../media/save.ts'
import { FetchFaultError, withBill, type ProviderResult } from '../providers/provider.ts'
import type { Result } from './finish.ts'
import type { Remarks } from './generation.ts'
import { saveAll, type FilePlan } from './outputs.ts'
import { createPause } from './retry.ts'

/** Longer than a provider keeps what it made, in milliseconds: after that nothing is left to wait for. */
export const KEPT_MS = 48 * 60 * 60_000

type Deps = {
  diskSpace: DiskSpace
  outputDir: string
  /** Whether files say what they were made from. */
  metadata: boolean
  now: () => number
  log: Log
  /** Aborted where the process stops. */
  stopping: AbortSignal
}

export type Delivery = {
  id: string
  plan: FilePlan
  count: number
  /** What its files have to be; null where they may be anything. */
  kind: Modality | null
  begunAt: number
  work: () => Promise<ProviderResult>
  /** What is known of the result before the work. */
  known: Partial<Remarks>
  /** Whether an earlier process had the result and could not save it. */
  isUnsaved: boolean
  /** Whether the provider keeps the result under an id: then it outlives a disk that does not take it. */
  isKept: () => boolean
  /** Called before each wait for disk space. */
  onUnsaved: (known: Partial<Remarks>) => Promise<void>
}

/**
 * The result of some work, its files saved. What the provider keeps and only our disk refuses is tried again for as
 * long as it is kept. Null where the process stops first; throws what the work throws, and what ended the waiting.
 */
export async function deliver(deps: Deps, delivery: Delivery): Promise<Result | null> {
  const { id, plan, count, kind } = delivery
  const pause = createPause(deps.stopping)
  let { isUnsaved, known } = delivery
  let needed = count * OUTPUT_SPACE
  let made: ProviderResult | undefined
  let told = ''
  do {
    try {
      if (isUnsaved) await deps.diskSpace.assertFits(needed) // or a full disk would have every file fetched again and again
      made ??= await delivery.work()
      const { outputs, bill, unpaid, ...remarks } = made
      known = joined(known, remarks)
      const { files, renamed } = await saveAll(deps, { ...plan, kind }, outputs.slice(0, count))
      known = joined(known, { adjusted: renamed })
      const cost = { ...(bill && { bill }), ...(unpaid && { unpaid }) }
      return { notes: [], adjusted: [], dropped: [], ...known, files, ...cost }
    } catch (error) {
      isUnsaved ||= error instanceof SaveFaultError && delivery.isKept()
      const isOver = deps.now() > delivery.begunAt + KEPT_MS
      if (!isUnsaved || !passes(error) || isOver)
        throw error instanceof AppError ? withBill(error, made?.bill) : error
      if (error instanceof SaveFaultError) needed = Math.max(needed, error.bytes)
      if (error.message !== told) deps.log.error('generation.unsaved', { generation: id, error })
      told = error.message
      await delivery.onUnsaved(known)
    }
  } while (await pause())
  return null
}

/** What was said before the work, and what the work added. */
function joined(before: Partial<Remarks>, added: Partial<Remarks>): Partial<Remarks> {
  const both = (of: 'adjusted' | 'dropped'): string[] => [
    ...new Set([...(before[of] ?? []), ...(added[of] ?? [])]),
  ]
  return { ...before, ...added, adjusted: both('adjusted'), dropped: both('dropped') }
}

/** Whether a result that is done may still be had and saved: neither is it said to be gone, nor is it broken. */
function passes(error: unknown): error is AppError {
  if (error instanceof SaveFaultError || error instanceof FetchFaultError) return true
  return error instanceof AppError && PASSING.has(error.code)
}

const PASSING: ReadonlySet<string> = new Set([
  'ledger_unavailable', // no disk space
  'upstream_unavailable',
  'upstream_timeout',
  'upstream_rejected', // the key, which may come back
  'upstream_balance_exhausted',
])
