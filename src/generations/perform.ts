import type { Caller } from '../accounts/caller.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { CallLimit } from '../limits/call-limit.ts'
import type { Micro } from '../money.ts'
import { kindOf } from '../pricing/kind.ts'
import { quote, type Quote, type RateCard } from '../pricing/quote.ts'
import type { InputImage, Progress, Provider } from '../providers/provider.ts'
import { findReplay, type Order } from './begin.ts'
import { BEGIN, FAIL } from './commands.ts'
import type { Generation } from './generation.ts'
import { attempt, type Jobs } from './jobs.ts'
import type { Recover } from './recover.ts'
import { assertWithinMax, cancelled, noProvider, withAffordable } from './refuse.ts'
import { loadInputs, type PaidRequest } from './request.ts'
import { outcome } from './wait.ts'

/** Which provider serves a caller's model, and the provider itself, loaded at first use. */
export type Providers = {
  choose(quote: Quote): Provider['name']
  /** Null where this process has no access to it (no key). */
  open(name: Provider['name'], billing: Caller['billing']): Promise<Provider | null>
}

export type GenerationDeps = {
  db: Db
  jobs: Jobs
  recover: Recover
  callLimit: CallLimit
  rates: RateCard
  providers: Providers
  now: () => number
  load: (reference: string, caller: Caller, signal: AbortSignal) => Promise<InputImage>
}

export type CallOptions = {
  maxCost: Micro | null
  idempotencyKey: string | null
  /** Cancels the work, unless it has gone too far to cost nothing. */
  signal: AbortSignal
  onProgress: (progress: Progress) => void
  /** After this long the call answers with the generation still running, in milliseconds. */
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
  caller: Caller,
  options: CallOptions,
): Promise<Performed> {
  const order = placeOrder(deps, request, caller, options.idempotencyKey)
  await deps.recover() // what a dead process still holds must not be missing here
  const known = await deps.db.read(() => findReplay(order))
  if (known !== null)
    return { generation: await outcome(deps, caller, known, options.handOverMs), replayed: true }

  assertWithinMax(order.quote, options.maxCost)
  await deps.callLimit.assertOpen(caller)
  const provider = await deps.providers.open(order.provider, caller.billing)
  if (provider === null) throw noProvider()
  const loaded = await loadInputs(request, (reference) =>
    deps.load(reference, caller, options.signal),
  )
  await provider.check?.(loaded)
  if (options.signal.aborted) throw cancelled()

  const replay = await withAffordable(order, deps.rates, () =>
    deps.db.apply(BEGIN, { order, lease: deps.jobs.lease(), at: deps.now() }),
  )
  if (replay !== null)
    return { generation: await outcome(deps, caller, replay, options.handOverMs), replayed: true }

  // Counted now that its hold stands: a call that was refused for want of money is no paid call.
  const refusal = options.signal.aborted
    ? cancelled()
    : await attempt(() => deps.callLimit.count(caller))
  if (refusal instanceof AppError) {
    const failed = { id: order.id, failure: refusal, at: deps.now(), state: 'released' as const }
    await deps.db.apply(FAIL, failed)
    throw refusal
  }
  let listening = true
  const { cancel } = deps.jobs.start({
    job: { id: order.id, accountId: caller.account.id, unitPrice: order.quote.unitPrice },
    name: order.id,
    count: order.quote.count,
    kind: kindOf(order.quote),
    work: (run) => provider.run(loaded, run),
    onProgress: (progress) => listening && options.onProgress(progress),
  })
  options.signal.addEventListener('abort', cancel, { once: true })
  try {
    return {
      generation: await outcome(deps, caller, order.id, options.handOverMs),
      replayed: false,
    }
  } finally {
    listening = false // handed over, it is no longer this call's to hear of or to cancel
    options.signal.removeEventListener('abort', cancel)
  }
}

/** A request with its price, its provider and the id it would have. Throws what `quote` throws. */
export function placeOrder(
  { rates, providers, now }: GenerationDeps,
  request: PaidRequest,
  caller: Caller,
  idempotencyKey: string | null,
): Order {
  const { operation, model, count } = request
  const input = request.operation === 'run' ? request.input : {}
  const priced = quote({ operation, model, count, input }, rates)
  return {
    id: newId('gen', now()),
    request,
    quote: priced,
    caller,
    provider: providers.choose(priced),
    idempotencyKey,
  }
}
