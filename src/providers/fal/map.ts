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

/** What is sent to fal, one input a job, and what became of the rest: a sentence each, for the caller. */
export type Mapped = {
  inputs: Record<string, unknown>[]
  /** Asked for in one form and sent in another. */
  adjusted: string[]
  /** Asked for and not sent, since the endpoint has no field for it. */
  dropped: string[]
}

/** One above the largest seed a tool takes. */
const SEEDS = 2 ** 32

const UNKNOWN_NOTE =
  "Inkwell does not know the fields of this model: it sent fal.ai's usual ones, and the model may ignore some."

/**
 * The inputs that make an endpoint do what is asked: one, or `count` where each job makes one output
 * (then with seeds that follow each other). `imageUrls` are the request's images as fal can fetch
 * them. Throws `invalid_input` for a `run` whose input the endpoint does not take.
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
    inputs: spread(input, request, facts),
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

/** One input that asks for `count` outputs, or `count` inputs with seeds that follow each other. */
function spread(
  input: Record<string, unknown>,
  { operation, count }: ProviderRequest,
  facts: EndpointFacts,
): Record<string, unknown>[] {
  if (facts.count !== undefined)
    return [operation === 'run' ? input : { ...input, [facts.count]: count }]
  const { seed } = input
  return Array.from({ length: count }, (_, index) =>
    typeof seed === 'number' && facts.seed !== undefined
      ? { ...input, seed: (seed + index) % SEEDS }
      : { ...input },
  )
}
