import { AppError } from '../errors.ts'
import type { RateCard } from '../pricing/find-model.ts'
import { modelChoice, unlistedPrice } from './choosing.ts'
import { openObject } from './inputs.ts'
import { definePaidTool } from './paid-tool.ts'
import type { Tool } from './tool.ts'

const COUNT_MAX = 4

/** Builds the tool that runs any model with the model's own input. Its description shows the prices of the rate card. */
export const run = (rates: RateCard): Tool =>
  definePaidTool({
    name: 'run',
    title: 'Run any model',
    description: `Runs any other fal.ai model, such as video, speech or music, with the input that model takes. Costs credits, more for what is longer or larger; quoteOnly tells a price for free. ${unlistedPrice(rates)} inkwell://pricing lists more. Call generateImage, editImage, removeBackground or upscale for what they do.`,
    input: {
      model: modelChoice(rates, 'run'),
      input: openObject.describe('What that model takes, in its own words.'),
    },
    request: (input) => ({
      operation: 'run',
      model: input.model,
      count: countOf(input.input),
      input: input.input,
    }),
  })

/** Returns the number of outputs from `num_images`, the name that fal.ai models use. Each is paid. Throws `invalid_input`. */
function countOf({ num_images: count = 1 }: Record<string, unknown>): number {
  if (typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= COUNT_MAX)
    return count
  throw new AppError(
    'invalid_input',
    `input.num_images must be a whole number from 1 to ${COUNT_MAX}.`,
    {
      hint: 'The price is for each image; leave num_images out for one.',
    },
  )
}
