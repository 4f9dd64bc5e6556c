import { withModelLists, type Caller } from '../accounts/caller.ts'
import { AppError } from '../errors.ts'
import { OUTPUT_SPACE } from '../media/disk-space.ts'
import { workLabels } from '../metrics.ts'
import type { Micro } from '../money.ts'
import { kindOf } from '../pricing/kind.ts'
import type { Progress } from '../providers/provider.ts'
import { untilAdmitted } from './admitted.ts'
import type { Beginning, Begun, Order } from './begin.ts'
import { approvalLimit, beginApproved } from './begin-approved.ts'
import { BEGIN, FAIL } from './commands.ts'
import type { GenerationDeps } from './deps.ts'
import { findEarlier } from './earlier.ts'
import type { Generation } from './generation.ts'
import { attempt } from './attempt.ts'
import { allowanceOf, placeOrder } from './order.ts'
import { metadataOf } from './outputs.ts'
import { assertRuns, assertWithinMax, callCancelled, withAffordable } from './refuse.ts'
import type { PaidRequest } from './request.ts'
import { inStep } from '../trace.ts'
import { outcome } from './wait.ts'

/** Options of one call. */
export type CallOptions = {
  /** The highest price allowed, in micro-dollars; null for no limit. */
  maxCost: Micro | null
  idempotencyKey: string | null
  /** The wanted file name, as returned by `checkFileName`. It is not part of the fingerprint. */
  saveAs?: string | null
  /** Whether the caller will ask for a small copy of the first file at once: it is made while the file is saved. */
  isShown?: boolean
  /** Cancels the work, if that is still free of charge. */
  signal: AbortSignal
  /** Aborted when the client has left: by a cancellation or a closed connection. */
  disconnected: AbortSignal
  onProgress: (progress: Progress) => void
  /** After this time the call returns a generation that still runs, in milliseconds; 0 if the caller wants only the id. */
  handOverMs: number
}

/** A generation; `replayed` if an earlier call made it. */
export type Performed = { generation: Generation; replayed: boolean }

/**
 * Runs a paid call: quote, hold, work, then capture or release. No other code charges for work.
 * Calls with the same idempotency key and arguments run once. Throws `AppError` for every refusal and failure:
 * the caller is charged only if it gets a generation with outputs. The result is read from the database, because
 * another process may have made it.
 */
export async function perform(
  deps: GenerationDeps,
  request: PaidRequest,
  requester: Caller,
  options: CallOptions,
): Promise<Performed> {
  assertRuns(deps)
  const caller = await withModelLists(deps.db, requester)
  const { idempotencyKey, saveAs = null, isShown = false } = options
  const orderRequest = { request, caller, idempotencyKey, saveAs }
  const handOverAt = performance.now() + options.handOverMs
  const remainingMs = (): number => Math.max(0, handOverAt - performance.now())
  const known = await findEarlier(deps, orderRequest, options.signal, remainingMs())
  if (known !== null)
    return { generation: await outcome(deps, caller, known, remainingMs()), replayed: true }

  await deps.guard.assertUsable(caller.account.id)
  const noted = <T>(step: () => Promise<T>) => deps.refusals.noting({ caller, request }, step)
  const placed = await noted(() => placeOrder(deps, orderRequest, options.signal))
  const { fitted, jobs, work } = placed
  const { quote } = placed.order
  await deps.diskSpace.assertFits(quote.count * OUTPUT_SPACE) // do not begin what cannot be saved
  const kind = quote.provider === 'local' ? 'free' : 'paid'
  await noted(() => deps.callLimit.assertOpen(caller, kind))
  if (options.signal.aborted) throw callCancelled()

  const allowance = allowanceOf(deps, placed.order, jobs)
  const terms = { request: fitted, caller, maxCost: options.maxCost }
  const begun = await withAffordable(deps, terms, () =>
    noted(async () => {
      assertRuns(deps)
      assertWithinMax(quote, options.maxCost, caller)
      const lease = deps.jobs.lease()
      return await beginIn(deps, { order: placed.order, lease, at: deps.now(), allowance })
    }),
  )
  if (begun.known !== null) {
    const generation = await outcome(deps, caller, begun.known, remainingMs())
    return { generation, replayed: true }
  }

  const { order } = begun
  await count(deps, order, kind, options.signal)
  let listening = true
  options.onProgress({ fraction: 0, message: `Started as ${order.id}` })
  const { cancel } = deps.jobs.start({
    job: { id: order.id, accountId: caller.account.id, unitPrice: quote.unitPrice },
    files: { name: order.id, saveAs, metadata: metadataOf(order), isShown },
    count: quote.count,
    upstreamJobs: jobs,
    kind: kindOf(quote),
    labels: workLabels({ ...quote, provider: order.provider }),
    known: order.remarks,
    begunAt: deps.now(),
    work: async (run) => {
      if (!begun.admitted) await untilAdmitted(deps, { order, allowance }, run)
      return await work(run)
    },
    onProgress: (progress) => listening && options.onProgress(progress),
  })
  const markLost = (): void => void deps.answers.lost(order.id)
  options.signal.addEventListener('abort', cancel, { once: true })
  options.disconnected.addEventListener('abort', markLost, { once: true })
  try {
    const generation = await outcome(deps, caller, order.id, remainingMs())
    if (generation.status === 'running') await handOver(deps, order.id, options)
    return { generation, replayed: false }
  } finally {
    listening = false // after a handover this call gets no progress and cannot cancel
    options.signal.removeEventListener('abort', cancel)
    options.disconnected.removeEventListener('abort', markLost)
  }
}

/** Begins an order, once a person has approved it if its price is above what needs that. */
async function beginIn(
  { db, approveAbove }: GenerationDeps,
  beginning: Beginning,
): Promise<Begun & { order: Order }> {
  const { order } = beginning
  const limit = approvalLimit(order, approveAbove)
  return await inStep(
    { name: 'hold', attributes: { 'inkwell.generation.id': order.id } },
    async () =>
      limit === null
        ? { ...(await db.apply(BEGIN, beginning)), order }
        : await beginApproved(db, beginning, limit),
  )
}

/** Counts a call that has its hold: one that was refused for lack of money is no paid call. Throws `rate_limited`. */
async function count(
  deps: GenerationDeps,
  { id, caller }: Order,
  kind: 'free' | 'paid',
  signal: AbortSignal,
): Promise<void> {
  const refusal = signal.aborted
    ? callCancelled()
    : await attempt(() => deps.callLimit.count(caller, kind))
  if (!(refusal instanceof AppError)) return
  await deps.db.apply(FAIL, { id, failure: refusal, at: deps.now(), state: 'released' })
  throw refusal
}

/** Records the handover: the next call like this one joins the generation, unless this one wanted only the id. */
async function handOver(
  { answers }: GenerationDeps,
  id: string,
  { handOverMs }: CallOptions,
): Promise<void> {
  if (handOverMs > 0) await answers.lost(id)
  else answers.heard(id)
}
