import type { Tier } from '../../pricing/bill.ts'
import type { Operation } from '../../pricing/catalog.ts'
import type { ImageFormat } from '../../media/image.ts'
import { ENDPOINTS } from './endpoints.ts'

/** How an endpoint takes a size: in pixels (`image_size`), or as the nearest ratio it offers, by tiers where it has them. */
export type SizeRule =
  | { kind: 'pixels' }
  | { kind: 'ratio'; offered: readonly string[]; tiers?: readonly [Tier, ...Tier[]] }

/** The field of a factor that is sent, or one that is fixed. */
export type ScaleRule = { field: 'upscale_factor' } | { fixed: number }

/** What one endpoint of fal takes. What is absent here, the endpoint has no field for. */
export type EndpointFacts = {
  size?: SizeRule
  /** Absent: each job makes one output, and several are several jobs. */
  count?: 'num_images'
  seed?: 'seed'
  format?: { field: 'output_format' | 'image_format'; offered: readonly ImageFormat[] }
  negative?: 'negative_prompt'
  images?: { fields: readonly ('image_url' | 'image_urls')[]; max: number }
  mask?: 'mask_url'
  scale?: ScaleRule
  /** Sent with every request, over what the caller says. */
  forced?: Readonly<Record<string, string>>
}

/**
 * Facts for an endpoint that is not listed: the names most of fal's endpoints use. Edit endpoints are
 * divided between `image_url` and `image_urls` and ignore the name they do not know, so both are sent.
 */
const USUAL: Record<Operation, EndpointFacts> = {
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

/** Whether the fields of an endpoint are known for certain. */
export function isKnown(endpoint: string): boolean {
  return ENDPOINTS.has(endpoint)
}

/** What an endpoint takes: its own row, or the usual fields of the operation that called it. */
export function factsOf(endpoint: string, operation: Operation): EndpointFacts {
  return ENDPOINTS.get(endpoint) ?? USUAL[operation]
}
