import type { Tier } from '../../pricing/bill.ts'
import type { Operation } from '../../pricing/catalog.ts'
import type { ImageFormat } from '../../media/image.ts'
import { ENDPOINTS } from './endpoints.ts'

/** How an endpoint takes a size: in pixels (`image_size`), or as the nearest offered ratio, with a tier if it has tiers. */
export type SizeRule =
  | { kind: 'pixels' }
  | { kind: 'ratio'; offered: readonly string[]; tiers?: readonly [Tier, ...Tier[]] }

/** The field for the upscale factor, or the fixed factor of the endpoint. */
type ScaleRule = { field: 'upscale_factor' } | { fixed: number }

/** The fields of one endpoint of fal. The endpoint has no field for what is absent here. */
export type EndpointFacts = {
  size?: SizeRule
  /** If absent, each job makes one output, and several outputs need several jobs. */
  count?: 'num_images'
  seed?: 'seed'
  format?: { field: 'output_format' | 'image_format'; offered: readonly ImageFormat[] }
  negative?: 'negative_prompt'
  images?: { fields: readonly ('image_url' | 'image_urls')[]; max: number }
  mask?: 'mask_url'
  scale?: ScaleRule
  /** Sent with every request; overrides the arguments of the caller. */
  forced?: Readonly<Record<string, string>>
}

/**
 * Fields for an endpoint that is not listed: the names that most endpoints of fal use. Edit endpoints use either
 * `image_url` or `image_urls` and ignore the other name, so both are sent.
 */
const COMMON: Record<Operation, EndpointFacts> = {
  generateImage: {
    size: { kind: 'pixels' },
    count: 'num_images',
    seed: 'seed',
    format: { field: 'output_format', offered: ['png', 'jpeg'] },
  },
  editImage: {
    count: 'num_images',
    seed: 'seed',
    format: { field: 'output_format', offered: ['png', 'jpeg'] },
    images: { fields: ['image_url', 'image_urls'], max: 10 },
    mask: 'mask_url',
  },
  removeBackground: { images: { fields: ['image_url'], max: 1 } },
  upscale: { images: { fields: ['image_url'], max: 1 }, scale: { field: 'upscale_factor' } },
  run: { count: 'num_images' },
}

/** Returns whether the fields of an endpoint are known. */
export function isKnown(endpoint: string): boolean {
  return ENDPOINTS.has(endpoint)
}

/** Returns the fields of an endpoint: its own row, or the common fields of the operation. */
export function factsOf(endpoint: string, operation: Operation): EndpointFacts {
  return ENDPOINTS.get(endpoint) ?? COMMON[operation]
}
