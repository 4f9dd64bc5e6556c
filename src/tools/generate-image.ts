import { z } from 'zod'
import { DEFAULT_MODELS } from '../pricing/catalog.ts'
import { model, numImages, outputFormat, prompt, seed } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'

/** The named sizes, in pixels. */
export const IMAGE_SIZES = {
  square_hd: { width: 1024, height: 1024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1024 },
  portrait_16_9: { width: 576, height: 1024 },
  landscape_4_3: { width: 1024, height: 768 },
  landscape_16_9: { width: 1024, height: 576 },
} as const

const side = z.int().min(64).max(4096)
const names = Object.keys(IMAGE_SIZES) as [keyof typeof IMAGE_SIZES]

export const generateImage = definePaidTool({
  name: 'generateImage',
  title: 'Generate an image',
  description:
    'Makes new images from a text prompt and saves them as files. Costs credits: $0.05 an image with the default model; quoteOnly tells any price for free. Model local/draft is free and takes a second: backgrounds, patterns, simple scenes, app icons, headlines, placeholders. To change an existing image call editImage.',
  input: {
    prompt,
    model,
    imageSize: z
      .union([z.enum(names), z.strictObject({ width: side, height: side })], {
        error: `expected one of ${names.join(', ')}, or whole numbers width and height from 64 to 4096`,
      })
      .default('landscape_16_9')
      .describe('A named size, or width and height in pixels.'),
    numImages,
    seed,
    outputFormat,
    negativePrompt: z.string().min(1).max(10_000).describe('What to avoid.').optional(),
  },
  request: (input) => {
    const size =
      typeof input.imageSize === 'string' ? IMAGE_SIZES[input.imageSize] : input.imageSize
    return {
      operation: 'generateImage',
      model: input.model ?? DEFAULT_MODELS.generateImage,
      count: input.numImages,
      prompt: input.prompt,
      ...size,
      ...(input.seed !== undefined && { seed: input.seed }),
      ...(input.outputFormat !== undefined && { outputFormat: input.outputFormat }),
      ...(input.negativePrompt !== undefined && { negativePrompt: input.negativePrompt }),
    }
  },
})
