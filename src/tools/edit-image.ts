import * as z from 'zod'
import { AppError } from '../errors.ts'
import { DEFAULT_MODELS } from '../pricing/catalog.ts'
import type { RateCard } from '../pricing/find-model.ts'
import { modelChoice } from './choosing.ts'
import { image, numImages, outputFormat, prompt, reference, seed } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'
import type { Tool } from './tool.ts'

/** Builds the tool that edits images by a prompt. Its description shows the prices of the rate card. */
export const editImage = (rates: RateCard): Tool =>
  definePaidTool({
    name: 'editImage',
    title: 'Edit an image',
    description:
      'Changes an existing image as the prompt says and saves the result as a new file. Costs credits. Not for cut-outs (removeBackground) or more pixels (upscale).',
    input: {
      prompt,
      image: image.optional(),
      images: z
        .array(reference)
        .min(1)
        .max(10)
        .describe('1–10 input images, instead of image.')
        .optional(),
      mask: reference.describe('White is changed, black is kept.').optional(),
      model: modelChoice(rates, 'editImage').optional(),
      numImages,
      seed,
      outputFormat,
    },
    request: (input) => ({
      operation: 'editImage',
      model: input.model ?? DEFAULT_MODELS.editImage,
      count: input.numImages,
      prompt: input.prompt,
      images: inputImages(input),
      ...(input.mask !== undefined && { mask: input.mask }),
      ...(input.seed !== undefined && { seed: input.seed }),
      ...(input.outputFormat !== undefined && { outputFormat: input.outputFormat }),
    }),
  })

function inputImages({
  image: single,
  images,
}: {
  image?: string | undefined
  images?: string[] | undefined
}): string[] {
  if (single !== undefined && images === undefined) return [single]
  if (images !== undefined && single === undefined) return images
  throw new AppError('invalid_input', 'Give either image or images.', {
    hint: 'Use image for one input and images for several.',
  })
}
