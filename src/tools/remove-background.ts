import { DEFAULT_MODELS } from '../pricing/catalog.ts'
import { image, model } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'

export const removeBackground = definePaidTool({
  name: 'removeBackground',
  title: 'Remove the background',
  description:
    'Cuts the subject out of an image and saves it with a transparent background. Costs credits: $0.005 with the default model. Model local/cutout is free, for plain backdrops and people.',
  input: { image, model },
  request: (input) => ({
    operation: 'removeBackground',
    model: input.model ?? DEFAULT_MODELS.removeBackground,
    count: 1,
    image: input.image,
  }),
})
