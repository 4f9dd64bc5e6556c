import type { Caller } from '../accounts/caller.ts'
import { newId } from '../ids.ts'
import { dependsOnInputs } from '../pricing/bill.ts'
import { findModel, type FoundModel } from '../pricing/find-model.ts'
import { assertMayUse } from '../pricing/model-list.ts'
import { priceOf, type Quote } from '../pricing/quote.ts'
import type { ProviderRequest, RequestRemarks } from '../providers/provider.ts'
import type { Beginning, Order } from './begin.ts'
import { assertWhole, fit, measuresOf } from './fit.ts'
import type { Work } from './active-job.ts'
import type { GenerationDeps } from './deps.ts'
import { noProvider } from './refuse.ts'
import { findSaved } from './references.ts'
import { adjustedIn, loadInputs, type PaidRequest } from './request.ts'
import type { Sources } from './run-files.ts'
import { inStep } from '../trace.ts'

/** A request and its caller. */
export type OrderRequest = Pick<Order, 'request' | 'caller' | 'idempotencyKey' | 'saveAs'>

/** An order, with its model and the request as it will be sent. */
export type PricedOrder = { order: Order; found: FoundModel; fitted: PaidRequest | ProviderRequest }

/**
 * Returns an order that can begin, and its work. Reads and checks the inputs, limits the request to what its price
 * covers, prices it, and lets the provider check it. Nothing is held yet, so bad input costs nothing. Throws the
 * refusals of each step.
 */
export async function placeOrder(
  deps: GenerationDeps,
  orderRequest: OrderRequest,
  signal: AbortSignal,
): Promise<PlacedOrder> {
  return await inStep({ name: 'dry run' }, () => place(deps, orderRequest, signal))
}

type PlacedOrder = PricedOrder & { jobs: number; work: Work }

async function place(
  deps: GenerationDeps,
  orderRequest: OrderRequest,
  signal: AbortSignal,
): Promise<PlacedOrder> {
  const { request, caller } = orderRequest
  const found = findModel(request, deps.rates)
  assertMayUse(caller.models, found.model, deps.rates)
  const loaded = await loadInputs(request, sourcesFor(deps, caller, signal))
  const fitted = fit(loaded, found)
  assertWhole(fitted.request, found)
  const quote = await priced(deps, fitted.request, found)
  const name = deps.providers.choose(quote)
  const provider = await deps.providers.open(name, caller.billing)
  if (provider === null) throw noProvider()
  const checked = await provider.check?.(fitted.request)
  const loadRemarks = { adjusted: adjustedIn(loaded), dropped: [] }
  const remarks = join(loadRemarks, join(fitted, checked))
  const order = orderOf(deps, orderRequest, { quote, remarks })
  return {
    order,
    found,
    fitted: fitted.request,
    jobs: checked?.jobs ?? 1,
    work: (run) => provider.run(fitted.request, { ...run, account: caller.account.id }),
  }
}

/**
 * Returns the same order up to its price. Reads the inputs only if the price depends on them, or for `run`, because no
 * other check covers the files that it names. Throws the refusals that come before the price is known.
 */
export async function quoteOrder(
  deps: GenerationDeps,
  orderRequest: OrderRequest,
  signal: AbortSignal,
): Promise<PricedOrder> {
  const { request, caller } = orderRequest
  const found = findModel(request, deps.rates)
  const isRead = request.operation === 'run' || dependsOnInputs(found.model.bill)
  const read = isRead ? await loadInputs(request, sourcesFor(deps, caller, signal)) : request
  const fitted = fit(read, found)
  const quote = await priced(deps, fitted.request, found)
  const order = orderOf(deps, orderRequest, { quote, remarks: join(fitted, undefined) })
  return { order, found, fitted: fitted.request }
}

function sourcesFor(deps: GenerationDeps, caller: Caller, signal: AbortSignal): Sources {
  return {
    load: (reference) => deps.load(reference, caller, signal),
    find: (reference) => findSaved(deps, caller, reference),
    read: (asset, reference) => deps.files.read(asset, reference, signal),
  }
}

/** Returns the jobs of an order at the image service and the limit of unpaid jobs; null if the operator is not billed. */
export function allowanceOf(
  { unpaidPerHour }: GenerationDeps,
  { provider, caller }: Order,
  jobs: number,
): Beginning['allowance'] {
  const isBilled = provider !== 'local' && caller.billing === 'credits'
  return isBilled ? { jobs, limit: unpaidPerHour } : null
}

async function priced(
  { upstreamPrice }: GenerationDeps,
  request: PaidRequest | ProviderRequest,
  found: FoundModel,
): Promise<Quote> {
  const unitPrice =
    found.priceSource === 'upstream' ? await upstreamPrice(found.model.id) : undefined
  return priceOf(found, measuresOf(request, found), unitPrice)
}

function orderOf(
  { providers, now }: GenerationDeps,
  orderRequest: OrderRequest,
  { quote, remarks }: Pick<Order, 'quote' | 'remarks'>,
): Order {
  return {
    ...orderRequest,
    id: newId('gen', now()),
    quote,
    remarks,
    provider: providers.choose(quote),
  }
}

function join(a: RequestRemarks, b: RequestRemarks | undefined): RequestRemarks {
  return {
    adjusted: [...a.adjusted, ...(b?.adjusted ?? [])],
    dropped: [...a.dropped, ...(b?.dropped ?? [])],
  }
}
