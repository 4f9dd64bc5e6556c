import { newId } from '../ids.ts'
import { dependsOnInputs } from '../pricing/bill.ts'
import { findModel, type FoundModel } from '../pricing/find-model.ts'
import { priceOf, type Quote } from '../pricing/quote.ts'
import type { ProviderRequest, RequestRemarks } from '../providers/provider.ts'
import type { Order } from './begin.ts'
import { assertWhole, fit, measuresOf } from './fit.ts'
import type { Work } from './jobs.ts'
import type { GenerationDeps } from './perform.ts'
import { noProvider } from './refuse.ts'
import { loadInputs, type PaidRequest } from './request.ts'

/** Who asks for what. */
export type Asked = Pick<Order, 'request' | 'caller' | 'idempotencyKey' | 'saveAs'>

/** An order with the request as it will be done. */
export type Placed = { order: Order; found: FoundModel; fitted: PaidRequest | ProviderRequest }

/**
 * An order that can be begun, and the work it is for: the inputs are read and checked, the request is kept within
 * what its price covers and is priced, and the provider takes it. Nothing is held yet, so that bad input costs
 * nothing. Throws what each of these steps refuses.
 */
export async function placeOrder(
  deps: GenerationDeps,
  asked: Asked,
  signal: AbortSignal,
): Promise<Placed & { work: Work }> {
  const { request, caller } = asked
  const found = findModel(request, deps.rates)
  const loaded = await loadInputs(request, (reference) => deps.load(reference, caller, signal))
  const fitted = fit(loaded, found)
  assertWhole(fitted.request, found)
  const quote = await priced(deps, fitted.request, found)
  const name = deps.providers.choose(quote)
  const provider = await deps.providers.open(name, caller.billing)
  if (provider === null) throw noProvider()
  const checked = await provider.check?.(fitted.request)
  const order = orderOf(deps, asked, { quote, remarks: join(fitted, checked) })
  return { order, found, fitted: fitted.request, work: (run) => provider.run(fitted.request, run) }
}

/**
 * The same order as far as its price: inputs are read where the price depends on them. Throws what would refuse the
 * call before its price is known.
 */
export async function quoteOrder(
  deps: GenerationDeps,
  asked: Asked,
  signal: AbortSignal,
): Promise<Placed> {
  const { request, caller } = asked
  const found = findModel(request, deps.rates)
  const read = dependsOnInputs(found.model.bill)
    ? await loadInputs(request, (reference) => deps.load(reference, caller, signal))
    : request
  const fitted = fit(read, found)
  const quote = await priced(deps, fitted.request, found)
  const order = orderOf(deps, asked, { quote, remarks: join(fitted, undefined) })
  return { order, found, fitted: fitted.request }
}

async function priced(
  { upstreamPrice }: GenerationDeps,
  request: PaidRequest | ProviderRequest,
  found: FoundModel,
): Promise<Quote> {
  const asks = found.priceSource === 'upstream' ? await upstreamPrice(found.model.id) : undefined
  return priceOf(found, measuresOf(request, found), asks)
}

function orderOf(
  { providers, now }: GenerationDeps,
  asked: Asked,
  { quote, remarks }: Pick<Order, 'quote' | 'remarks'>,
): Order {
  return { ...asked, id: newId('gen', now()), quote, remarks, provider: providers.choose(quote) }
}

function join(a: RequestRemarks, b: RequestRemarks | undefined): RequestRemarks {
  return {
    adjusted: [...a.adjusted, ...(b?.adjusted ?? [])],
    dropped: [...a.dropped, ...(b?.dropped ?? [])],
  }
}
