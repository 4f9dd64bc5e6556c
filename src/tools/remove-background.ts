import { DEFAULT_MODELS } from '../pricing/catalog.ts'
import type { RateCard } from '../pricing/find-model.ts'
import { modelChoice } from './choosing.ts'
import { image } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'
import type { Tool } from './tool.ts'

/** Builds the tool that cuts out the subject of an image. Its description shows the prices of the rate card. */
export const removeBackground = (rates: RateCard): Tool =>
  definePaidTool({
    name: 'removeBackground',
    title: 'Remove the background',
    description:
      'Cuts the subject out of an image and saves it with a transparent background. Costs credits.',
    input: { image, model: modelChoice(rates, 'removeBackground').optional() },
    request: (input) => ({
      operation: 'removeBackground',
      model: input.model ?? DEFAULT_MODELS.removeBackground,
      count: 1,
      image: input.image,
    }),
  })
