import type { ProviderRequest, RequestOf } from '../provider.ts'
import { factsOf, isKnown, type EndpointFacts } from './models.ts'
import {
  forcedPart,
  formatPart,
  imagesPart,
  maskPart,
  negativePart,
  scalePart,
  seedPart,
  type ImageUrls,
  type Part,
} from './parts.ts'
import { mapRun } from './run-input.ts'
import { sizePart } from './size.ts'

/** The inputs for fal, one per job, and one sentence for the caller about each change. */
export type Mapped = {
  inputs: Record<string, unknown>[]
  /** Arguments sent in another form. */
  adjusted: string[]
  /** Arguments not sent, because the endpoint has no field for them. */
  dropped: string[]
}

/** One more than the largest seed of a tool. */
const SEED_END = 2 ** 32

const UNKNOWN_NOTE =
  "Inkwell does not know the fields of this model: it sent fal.ai's usual ones, and the model may ignore some."

/**
 * Maps a request to inputs for an endpoint: one input, or `count` inputs with consecutive seeds if each job makes one
 * output. `imageUrls` are the request's images, as URLs that fal can fetch.
 */
export function mapRequest(
  request: ProviderRequest,
  endpoint: string,
  imageUrls: ImageUrls,
): Mapped {
  const facts = factsOf(endpoint, request.operation)
  const parts =
    request.operation === 'run'
      ? mapRun(request, facts)
      : [...mapTool(request, facts, imageUrls), isKnown(endpoint) ? {} : { adjusted: UNKNOWN_NOTE }]
  const input: Record<string, unknown> = Object.assign({}, ...parts.map((part) => part.input))
  return {
    inputs: toJobs(input, request, facts),
    adjusted: parts.flatMap(({ adjusted = [] }) => adjusted),
    dropped: parts.flatMap(({ dropped = [] }) => dropped),
  }
}

function mapTool(
  request: Exclude<ProviderRequest, RequestOf<'run'>>,
  facts: EndpointFacts,
  urls: ImageUrls,
): Part[] {
  switch (request.operation) {
    case 'generateImage':
      return [
        { input: { prompt: request.prompt } },
        sizePart(facts, request),
        negativePart(facts, request.negativePrompt),
        seedPart(facts, request.seed),
        formatPart(facts, request.outputFormat),
        forcedPart(facts),
      ]
    case 'editImage':
      return [
        { input: { prompt: request.prompt } },
        imagesPart(facts, urls),
        maskPart(facts, urls),
        seedPart(facts, request.seed),
        formatPart(facts, request.outputFormat),
        forcedPart(facts),
      ]
    case 'removeBackground':
      return [imagesPart(facts, urls), forcedPart(facts)]
    case 'upscale':
      return [imagesPart(facts, urls), scalePart(facts, request), forcedPart(facts)]
  }
}

/** Returns one input that asks for `count` outputs, or `count` inputs with consecutive seeds. */
function toJobs(
  input: Record<string, unknown>,
  { operation, count }: ProviderRequest,
  facts: EndpointFacts,
): Record<string, unknown>[] {
  if (facts.count !== undefined)
    return [operation === 'run' ? input : { ...input, [facts.count]: count }]
  const { seed } = input
  return Array.from({ length: count }, (_, index) =>
    typeof seed === 'number' && facts.seed !== undefined
      ? { ...input, seed: (seed + index) % SEED_END }
      : { ...input },
  )
}
