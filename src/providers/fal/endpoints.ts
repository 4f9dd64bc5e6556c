import { NANO_BANANA_TIERS } from '../../pricing/bills.ts'
import type { EndpointFacts, SizeRule } from './models.ts'

const PIXELS: SizeRule = { kind: 'pixels' }
const ONE_IMAGE = { fields: ['image_url'], max: 1 } as const
const JPEG_OR_PNG = { field: 'output_format', offered: ['jpeg', 'png'] } as const
const ANY_FORMAT = { field: 'output_format', offered: ['jpeg', 'png', 'webp'] } as const

/** Without `auto`, which leaves the ratio to the model. */
const NANO_BANANA_RATIOS = '21:9 16:9 3:2 4:3 5:4 1:1 4:5 3:4 2:3 9:16 4:1 1:4 8:1 1:8'.split(' ')
const KONTEXT_RATIOS = '21:9 16:9 4:3 3:2 1:1 2:3 3:4 9:16 9:21'.split(' ')
const REVE_RATIOS = '4:1 3:1 21:9 2:1 17:9 16:9 3:2 4:3 5:4 1:1 4:5 3:4 2:3 9:16 1:2 1:3 1:4'.split(
  ' ',
)

/** An edit has no size argument: it is made at the size that the list price covers. */
const AT_1K = { resolution: '1K' }

/**
 * The fields of each priced endpoint: fal's published input types, October 2026. The types name fields and values but
 * no ranges; the ranges here are from fal's model pages. Safety settings are never sent, so fal's defaults stay on.
 */
export const ENDPOINTS: ReadonlyMap<string, EndpointFacts> = new Map<string, EndpointFacts>([
  ['fal-ai/flux/schnell', { size: PIXELS, count: 'num_images', seed: 'seed', format: JPEG_OR_PNG }],
  ['fal-ai/flux-2-flex', { size: PIXELS, seed: 'seed', format: JPEG_OR_PNG }],
  ['fal-ai/recraft/v4/text-to-image', { size: PIXELS }],
  ['fal-ai/recraft/v4/pro/text-to-image', { size: PIXELS }],
  [
    'fal-ai/ideogram/v3',
    {
      size: PIXELS,
      count: 'num_images',
      seed: 'seed',
      negative: 'negative_prompt',
    },
  ],
  [
    'fal-ai/nano-banana-2',
    {
      size: { kind: 'ratio', offered: NANO_BANANA_RATIOS, tiers: NANO_BANANA_TIERS },
      count: 'num_images',
      seed: 'seed',
      format: ANY_FORMAT,
    },
  ],
  [
    'fal-ai/nano-banana-2/edit',
    {
      size: { kind: 'ratio', offered: NANO_BANANA_RATIOS },
      count: 'num_images',
      seed: 'seed',
      format: ANY_FORMAT,
      images: { fields: ['image_urls'], max: 10 },
      forced: AT_1K,
    },
  ],
  [
    'fal-ai/flux-pro/kontext',
    {
      size: { kind: 'ratio', offered: KONTEXT_RATIOS },
      count: 'num_images',
      seed: 'seed',
      format: JPEG_OR_PNG,
      images: ONE_IMAGE,
    },
  ],
  [
    'reve/2.1/edit',
    {
      size: { kind: 'ratio', offered: REVE_RATIOS },
      count: 'num_images',
      format: ANY_FORMAT,
      images: ONE_IMAGE,
    },
  ],
  // PNG keeps transparency; the default of some of these is JPEG.
  ['fal-ai/birefnet', { images: ONE_IMAGE, forced: { output_format: 'png' } }],
  ['fal-ai/bria/background/remove', { images: ONE_IMAGE }],
  // Its image_url is optional; the default is fal's sample image.
  ['bria/upscale/creative', { images: ONE_IMAGE, seed: 'seed', scale: { fixed: 2 } }],
  [
    'fal-ai/topaz/upscale/image',
    {
      images: ONE_IMAGE,
      scale: { field: 'upscale_factor' },
      forced: { output_format: 'png' },
    },
  ],
  // For videos and speech the caller gives the input: see pricing/run-fields.
  ['fal-ai/minimax/hailuo-02/standard/text-to-video', {}],
  ['fal-ai/kling-video/v2.5-turbo/pro/text-to-video', {}],
  ['fal-ai/kling-video/v3/pro/text-to-video', {}],
  ['fal-ai/veo3.1', { seed: 'seed' }],
  ['fal-ai/sora-2/text-to-video/pro', {}],
  // By default it returns hex text in place of a file.
  ['fal-ai/minimax/speech-02-hd', { forced: { output_format: 'url' } }],
  [
    'fal-ai/flux-general',
    {
      size: PIXELS,
      count: 'num_images',
      seed: 'seed',
      format: JPEG_OR_PNG,
      negative: 'negative_prompt',
    },
  ],
  [
    'fal-ai/lora',
    {
      size: PIXELS,
      count: 'num_images',
      seed: 'seed',
      format: { field: 'image_format', offered: ['jpeg', 'png'] },
      negative: 'negative_prompt',
    },
  ],
])
