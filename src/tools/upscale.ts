import { z } from 'zod'
import { DEFAULT_MODELS } from '../pricing/catalog.ts'
import { image, model } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'

export const upscale = definePaidTool({
  name: 'upscale',
  title: 'Upscale an image',
  description:
    'Enlarges an image and saves it as a new file. Costs credits: $0.03 with the default model. Model local/upscale is free: sharper, not repainted. To make it smaller use editImage.',
  input: {
    image,
    scale: z.number().min(1).max(8).default(2).describe('How many times wider and higher.'),
    model,
  },
  request: (input) => ({
    operation: 'upscale',
    model: input.model ?? DEFAULT_MODELS.upscale,
    count: 1,
    image: input.image,
    scale: input.scale,
  }),
})
