import { z } from 'zod'
import { DEFAULT_MODELS } from '../pricing/catalog.ts'
import { NAMED_SIZES, SIDE_MAX, type NamedSize } from '../pricing/sizes.ts'
import { model, numImages, outputFormat, prompt, seed } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'

const side = z.int().min(64).max(SIDE_MAX)
const names = Object.keys(NAMED_SIZES) as [NamedSize]

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
      typeof input.imageSize === 'string' ? NAMED_SIZES[input.imageSize] : input.imageSize
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
