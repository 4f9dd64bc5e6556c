import { z } from 'zod'
import { AppError } from '../errors.ts'
import { DEFAULT_MODELS } from '../pricing/catalog.ts'
import { image, model, numImages, outputFormat, prompt, seed } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'

export const editImage = definePaidTool({
  name: 'editImage',
  title: 'Edit an image',
  description:
    'Changes an existing image as the prompt says and saves the result as a new file. Costs credits: $0.04 with the default model. Model local/edit is free: crop, resize, rotate, colours, blur, text. Not for cut-outs (removeBackground) or more pixels (upscale).',
  input: {
    prompt,
    image: image.optional(),
    images: z
      .array(image)
      .min(1)
      .max(10)
      .describe('Several input images, instead of image.')
      .optional(),
    mask: image.describe('Where to edit: white is changed, black is kept.').optional(),
    model,
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
