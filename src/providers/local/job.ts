import { CATALOG } from '../../pricing/catalog.ts'
import { NAMED_SIZES, namedSize, type Size } from '../../pricing/sizes.ts'
import { DRAFT_SIDES, type Job } from '../../studio/studio.ts'
import type { ProviderRequest, RequestOf } from '../provider.ts'

/**
 * Whether this machine stands in for a priced model, in test mode: then it does what it can, says what it
 * cannot, and refuses nothing for want of ability. Its own models (`local/…`) refuse.
 */
export function standsIn(model: string): boolean {
  return !model.startsWith('local/')
}

/** The work in the studio that a request comes down to. */
export function jobOf(request: ProviderRequest): Job {
  const isStandIn = standsIn(request.model)
  switch (request.operation) {
    case 'generateImage':
      return { kind: 'draft', ...request }
    case 'editImage':
      return { kind: 'edit', isStandIn, ...request }
    case 'removeBackground':
      return { kind: 'cutout', isStandIn, ...request }
    case 'upscale':
      return { kind: 'upscale', isStandIn, ...request }
    case 'run':
      return jobOfInput(request)
  }
}

/** A draft for an image model, a sample for any other. What is not in the catalogue counts as an image model. */
function jobOfInput({ model, count, input }: RequestOf<'run'>): Job {
  const text = textOf(input) ?? model
  const seed = seedOf(input)
  const medium = CATALOG.find(({ id }) => id === model)?.modality ?? 'image'
  if (medium === 'image') return { kind: 'draft', prompt: text, ...sizeOf(input), count, ...seed }
  return { kind: 'sample', medium, text, count, aspectRatio: input['aspect_ratio'], ...seed }
}

type Input = Record<string, unknown>

const DEFAULT_SIZE: Size = NAMED_SIZES.landscape_4_3

/** The first text of an input that reads like a wish; null where there is none. */
function textOf(input: Input): string | null {
  const texts = ['prompt', 'text', 'lyrics', 'description'].map((field) => input[field])
  return (
    texts.find((text): text is string => typeof text === 'string' && text.trim() !== '') ?? null
  )
}

/** The size of `image_size`, a preset or an object, moved into bounds; 1024 x 768 without one. */
function sizeOf({ image_size: size }: Input): Size {
  if (typeof size === 'string') return namedSize(size) ?? DEFAULT_SIZE
  if (typeof size !== 'object' || size === null) return DEFAULT_SIZE
  const [least, most] = DRAFT_SIDES
  const side = (value: unknown, fallback: number) =>
    typeof value === 'number' && Number.isFinite(value)
      ? Math.min(most, Math.max(least, Math.round(value)))
      : fallback
  const { width, height } = size as Partial<Record<'width' | 'height', unknown>>
  return {
    width: side(width, DEFAULT_SIZE.width),
    height: side(height, DEFAULT_SIZE.height),
  }
}

/** The seed of an input, where it is a whole number. */
function seedOf({ seed }: Input): { seed?: number } {
  return typeof seed === 'number' && Number.isSafeInteger(seed) ? { seed } : {}
}
