import type { EndpointFacts, ScaleRule, SizeRule } from './models.ts'

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

/** 1K is what the list price covers: 2K costs half as much again, 4K twice. */
const AT_1K = { resolution: '1K' }

/** Topaz bills by size of the result; up to 24 megapixels costs what the list price says. */
const TOPAZ_SCALE: ScaleRule = { field: 'upscale_factor', max: 4, megapixels: 24 }

/**
 * What each endpoint of the priced models takes: fal's published input types, state of 2026-10. The
 * types name fields and their values; they hold no ranges, so those here are fal's model pages'.
 * Safety settings are nowhere sent, so that fal's own defaults stay on.
 */
export const ENDPOINTS: ReadonlyMap<string, EndpointFacts> = new Map<string, EndpointFacts>([
  [
    'fal-ai/flux/schnell',
    { size: PIXELS, count: 'num_images', seed: 'seed', format: JPEG_OR_PNG, required: ['prompt'] },
  ],
  ['fal-ai/flux-2-flex', { size: PIXELS, seed: 'seed', format: JPEG_OR_PNG, required: ['prompt'] }],
  ['fal-ai/recraft/v4/text-to-image', { size: PIXELS, required: ['prompt'] }],
  ['fal-ai/recraft/v4/pro/text-to-image', { size: PIXELS, required: ['prompt'] }],
  [
    'fal-ai/ideogram/v3',
    {
      size: PIXELS,
      count: 'num_images',
      seed: 'seed',
      negative: 'negative_prompt',
      required: ['prompt'],
    },
  ],
  [
    'fal-ai/nano-banana-2',
    {
      size: { kind: 'ratio', offered: NANO_BANANA_RATIOS },
      count: 'num_images',
      seed: 'seed',
      format: ANY_FORMAT,
      required: ['prompt'],
      forced: AT_1K,
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
      required: ['prompt'],
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
      required: ['prompt', 'image_url'],
    },
  ],
  [
    'reve/2.1/edit',
    {
      size: { kind: 'ratio', offered: REVE_RATIOS },
      count: 'num_images',
      format: ANY_FORMAT,
      images: ONE_IMAGE,
      required: ['prompt', 'image_url'],
    },
  ],
  // PNG keeps what is transparent: some of these write JPEG where nothing is said.
  [
    'fal-ai/birefnet',
    { images: ONE_IMAGE, required: ['image_url'], forced: { output_format: 'png' } },
  ],
  ['fal-ai/bria/background/remove', { images: ONE_IMAGE, required: ['image_url'] }],
  // Its image_url is optional and stands for a sample picture of theirs.
  [
    'bria/upscale/creative',
    { images: ONE_IMAGE, seed: 'seed', scale: { fixed: 2 }, required: ['image_url'] },
  ],
  [
    'fal-ai/topaz/upscale/image',
    {
      images: ONE_IMAGE,
      scale: TOPAZ_SCALE,
      required: ['image_url'],
      forced: { output_format: 'png' },
    },
  ],
  [
    'fal-ai/minimax/hailuo-02/standard/text-to-video',
    { required: ['prompt'], duration: { form: '6', offered: [6, 10], unasked: 6 } },
  ],
  [
    'fal-ai/kling-video/v2.5-turbo/pro/text-to-video',
    {
      negative: 'negative_prompt',
      required: ['prompt'],
      duration: { form: '6', offered: [5, 10], unasked: 5 },
    },
  ],
  [
    'fal-ai/kling-video/v3/pro/text-to-video',
    {
      negative: 'negative_prompt',
      duration: {
        form: '6',
        offered: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        unasked: 5,
        shots: 'multi_prompt',
      },
    },
  ],
  // Left alone it makes 8 seconds, and the list price covers 5.
  [
    'fal-ai/veo3.1',
    {
      seed: 'seed',
      negative: 'negative_prompt',
      required: ['prompt'],
      duration: { form: '6s', offered: [4, 6, 8], unasked: 4 },
    },
  ],
  // Typed as text, and a number in every recorded request.
  [
    'fal-ai/sora-2/text-to-video/pro',
    {
      required: ['prompt'],
      duration: { form: 'integer', offered: [4, 8, 12, 16, 20], unasked: 4 },
    },
  ],
  // Where nothing is said it answers with hex text in place of a file.
  [
    'fal-ai/minimax/speech-02-hd',
    { textMax: 5000, required: ['text'], forced: { output_format: 'url' } },
  ],
  [
    'fal-ai/flux-general',
    {
      size: PIXELS,
      count: 'num_images',
      seed: 'seed',
      format: JPEG_OR_PNG,
      negative: 'negative_prompt',
      required: ['prompt'],
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
      required: ['model_name', 'prompt'],
    },
  ],
])
