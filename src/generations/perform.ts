import { withModelLists, type Caller } from '../accounts/caller.ts'
import { AppError } from '../errors.ts'
import { OUTPUT_SPACE } from '../media/disk-space.ts'
import type { Micro } from '../money.ts'
import { kindOf } from '../pricing/kind.ts'
import type { Progress } from '../providers/provider.ts'
import { untilAdmitted } from './admitted.ts'
import { BEGIN, FAIL } from './commands.ts'
import type { GenerationDeps } from './deps.ts'
import { findEarlier } from './earlier.ts'
import type { Generation } from './generation.ts'
import { attempt } from './jobs.ts'
import { allowanceOf, placeOrder } from './order.ts'
import { metadataOf } from './outputs.ts'
import { assertWithinMax, callCancelled, withAffordable } from './refuse.ts'
import type { PaidRequest } from './request.ts'
import { outcome } from './wait.ts'

export type CallOptions = {
  maxCost: Micro | null
  idempotencyKey: string | null
  /** What the files are to be called, as `checkFileName` answers it. No part of what is made. */
  saveAs?: string | null
  /** Cancels the work, unless it has gone too far to cost nothing. */
  signal: AbortSignal
  /** Aborted when the client has gone: by a cancellation, or without a word. */
  left: AbortSignal
  onProgress: (progress: Progress) => void
  /** After this long the call answers with the generation still running, in milliseconds; 0 where that is all it asks for. */
  handOverMs: number
}

export type Performed = { generation: Generation; replayed: boolean }

/**
 * The path of every paid call: quote, hold, do, capture or release. Money moves for work nowhere else.
 * The same idempotency key and arguments perform once. Throws `AppError` for every refusal and failure:
 * the caller is charged only where a generation with outputs comes back.
 */
export async function perform(
  deps: GenerationDeps,
  request: PaidRequest,
  asking: Caller,
  options: CallOptions,
): Promise<Performed> {
  const caller = await withModelLists(deps.db, asking)
  const { idempotencyKey, saveAs = null } = options
  const asked = { request, caller, idempotencyKey, saveAs }
  const handOverAt = performance.now() + options.handOverMs
  const patienceMs = (): number => Math.max(0, handOverAt - performance.now())
  const known = await findEarlier(deps, asked, options.signal, patienceMs())
  if (known !== null)
    return { generation: await outcome(deps, caller, known, patienceMs()), replayed: true }

  const { order, fitted, jobs, work } = await placeOrder(deps, asked, options.signal)
  await deps.diskSpace.assertFits(order.quote.count * OUTPUT_SPACE) // what cannot be saved is not begun
  const kind = order.quote.provider === 'local' ? 'free' : 'paid'
  await deps.callLimit.assertOpen(caller, kind)
  if (options.signal.aborted) throw callCancelled()

  const allowance = allowanceOf(deps, order, jobs)
  const terms = { request: fitted, caller, maxCost: options.maxCost }
  const begun = await withAffordable(deps, terms, async () => {
    assertWithinMax(order.quote, options.maxCost)
    const lease = deps.jobs.lease()
    return await deps.db.apply(BEGIN, { order, lease, at: deps.now(), allowance })
  })
  if (begun.known !== null) {
    const generation = await outcome(deps, caller, begun.known, patienceMs())
    return { generation, replayed: true }
  }

  // Counted now that its hold stands: a call that was refused for want of money is no paid call.
  const refusal = options.signal.aborted
    ? callCancelled()
    : await attempt(() => deps.callLimit.count(caller, kind))
  if (refusal instanceof AppError) {
    const failed = { id: order.id, failure: refusal, at: deps.now(), state: 'released' as const }
    await deps.db.apply(FAIL, failed)
    throw refusal
  }
  let listening = true
  options.onProgress({ fraction: 0, message: `Started as ${order.id}` })
  const { cancel } = deps.jobs.start({
    job: { id: order.id, accountId: caller.account.id, unitPrice: order.quote.unitPrice },
    files: { name: order.id, saveAs, metadata: metadataOf(order) },
    count: order.quote.count,
    kind: kindOf(order.quote),
    known: order.remarks,
    begunAt: deps.now(),
    work: async (run) => {
      if (!begun.admitted) await untilAdmitted(deps, { order, allowance }, run)
      return await work(run)
    },
    onProgress: (progress) => listening && options.onProgress(progress),
  })
  const lose = (): void => void deps.answers.lost(order.id)
  options.signal.addEventListener('abort', cancel, { once: true })
  options.left.addEventListener('abort', lose, { once: true })
  try {
    const generation = await outcome(deps, caller, order.id, patienceMs())
    if (generation.status === 'running') await handOver(deps, order.id, options)
    return { generation, replayed: false }
  } finally {
    listening = false // handed over, it is no longer this call's to hear of or to cancel
    options.signal.removeEventListener('abort', cancel)
    options.left.removeEventListener('abort', lose)
  }
}

/** A call that has to go without its result is joined by the next like it; one that only wanted the id has all it asked for. */
async function handOver(
  { answers }: GenerationDeps,
  id: string,
  { handOverMs }: CallOptions,
): Promise<void> {
  if (handOverMs > 0) await answers.lost(id)
  else answers.heard(id)
}
