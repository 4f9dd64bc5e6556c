import { DEFAULT_MODELS } from '../pricing/catalog.ts'
import type { RateCard } from '../pricing/find-model.ts'
import { modelChoice } from './choosing.ts'
import { imageSize } from './image-size.ts'
import { numImages, outputFormat, prompt, seed, text } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'
import type { Tool } from './tool.ts'

/** Builds the tool that makes images from a prompt. Its description shows the prices of the rate card. */
export const generateImage = (rates: RateCard): Tool =>
  definePaidTool({
    name: 'generateImage',
    title: 'Generate an image',
    description:
      'Makes new images from a text prompt and saves them as files. Costs credits; quoteOnly tells a price for free. For transparency call removeBackground after, or say "transparent background" to local/draft. To change an image call editImage.',
    input: {
      prompt,
      model: modelChoice(rates, 'generateImage').optional(),
      imageSize,
      numImages,
      seed,
      outputFormat,
      negativePrompt: text.describe('What to avoid.').optional(),
    },
    request: (input) => ({
      operation: 'generateImage',
      model: input.model ?? DEFAULT_MODELS.generateImage,
      count: input.numImages,
      prompt: input.prompt,
      ...input.imageSize,
      ...(input.seed !== undefined && { seed: input.seed }),
      ...(input.outputFormat !== undefined && { outputFormat: input.outputFormat }),
      ...(input.negativePrompt?.trim() && { negativePrompt: input.negativePrompt }),
    }),
  })
