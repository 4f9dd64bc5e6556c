import * as z from 'zod'
import { DEFAULT_MODELS } from '../pricing/catalog.ts'
import type { RateCard } from '../pricing/find-model.ts'
import { modelChoice } from './choosing.ts'
import { image } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'
import type { Tool } from './tool.ts'

/** Builds the tool that enlarges an image. Its description shows the prices of the rate card. */
export const upscale = (rates: RateCard): Tool =>
  definePaidTool({
    name: 'upscale',
    title: 'Upscale an image',
    description:
      'Enlarges an image and saves it as a new file. Costs credits. To make it smaller use editImage.',
    input: {
      image,
      scale: z
        .number()
        .min(1)
        .max(8)
        .default(2)
        .describe('How many times wider and higher, 1–8, default 2.'),
      model: modelChoice(rates, 'upscale').optional(),
    },
    request: (input) => ({
      operation: 'upscale',
      model: input.model ?? DEFAULT_MODELS.upscale,
      count: 1,
      image: input.image,
      scale: input.scale,
    }),
  })
