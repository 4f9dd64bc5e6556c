import { assertComplete, fitInput } from '../pricing/fit-input.ts'
import type { FoundModel } from '../pricing/find-model.ts'
import type { QuoteRequest } from '../pricing/quote.ts'
import { runMeasures } from '../pricing/run-measures.ts'
import { fitScale } from '../pricing/scale.ts'
import type { ProviderRequest, RequestRemarks } from '../providers/provider.ts'
import { cleanInput } from './clean-input.ts'
import type { PaidRequest } from './request.ts'

/** A request limited to what its price covers, with what was changed and left out for that. */
export type Fitted<R> = RequestRemarks & { request: R }

/**
 * Limits a request to what its price covers, and its links to what fal may fetch. The scale of an upscale is limited
 * only if its image is loaded. Throws `invalid_input`.
 */
export function fit<R extends PaidRequest | ProviderRequest>(
  request: R,
  found: FoundModel,
): Fitted<R> {
  if (request.operation === 'run') {
    const clean = cleanInput(request.input)
    const { input, adjusted, dropped } = fitInput(clean.input, found)
    return { request: { ...request, input }, adjusted, dropped: [...clean.dropped, ...dropped] }
  }
  if (request.operation === 'upscale' && typeof request.image !== 'string') {
    const { scale, note } = fitScale(request.scale, request.image, found.model)
    return { request: { ...request, scale }, adjusted: note === null ? [] : [note], dropped: [] }
  }
  return { request, adjusted: [], dropped: [] }
}

/** Throws `invalid_input` if a `run` lacks a field that its model requires. */
export function assertWhole(request: PaidRequest | ProviderRequest, found: FoundModel): void {
  if (request.operation === 'run') assertComplete(request.input, found)
}

/** Returns what determines the price of a request. Input images are included if they are loaded. Throws `invalid_input`. */
export function measuresOf(
  request: PaidRequest | ProviderRequest,
  { model: { bill } }: FoundModel,
): QuoteRequest {
  const { operation, model, count } = request
  switch (request.operation) {
    case 'generateImage':
      return { operation, model, count, size: { width: request.width, height: request.height } }
    case 'editImage': {
      const read = request.images.flatMap((image) => (typeof image === 'string' ? [] : [image]))
      return { operation, model, count, inputs: read }
    }
    case 'upscale': {
      const { image, scale } = request
      if (typeof image === 'string') return { operation, model, count }
      const size = { width: image.width * scale, height: image.height * scale }
      return { operation, model, count, size, inputs: [image] }
    }
    case 'removeBackground':
      return { operation, model, count }
    case 'run':
      return { operation, model, count, ...runMeasures(request.input, bill) }
  }
}
