import * as z from 'zod'
import { display } from '../money.ts'
import { UNLISTED_PRICE, type Operation } from '../pricing/catalog.ts'
import { priceList, type ListedPrice } from '../pricing/price-list.ts'
import type { RateCard, UnknownModels } from '../pricing/find-model.ts'

/** Most models listed in the description of one tool. */
const LISTED_MAX = 10

/** The models to recommend to agents, with the strength of each in a few words. */
const GOOD_FOR = new Map([
  ['fal-ai/flux/schnell', 'fastest'],
  ['fal-ai/flux-2-flex', 'all-round'],
  ['fal-ai/recraft/v4/text-to-image', 'design'],
  ['fal-ai/recraft/v4/pro/text-to-image', 'print'],
  ['fal-ai/ideogram/v3', 'best text'],
  ['fal-ai/nano-banana-2', 'photoreal'],
  ['local/draft', 'backgrounds, patterns, icons, headlines'],
  ['fal-ai/flux-pro/kontext', 'all-round'],
  ['fal-ai/nano-banana-2/edit', 'several images'],
  ['local/edit', 'crop, resize, rotate, colours, blur, text'],
  ['fal-ai/birefnet', 'fast'],
  ['fal-ai/bria/background/remove', 'fine edges'],
  ['local/cutout', 'plain backdrops, people'],
  ['fal-ai/bria/upscale/creative', 'adds detail'],
  ['local/upscale', 'sharper, not repainted'],
  ['fal-ai/minimax/hailuo-02/standard/text-to-video', 'simple video'],
  ['fal-ai/kling-video/v2.5-turbo/pro/text-to-video', 'fluid video'],
  ['fal-ai/kling-video/v3/pro/text-to-video', 'video of several shots'],
  ['fal-ai/veo3.1', 'best video, sound'],
  ['minimax/speech-02-hd', 'speech'],
])

/** Builds the `model` argument of a tool. Its description lists models with their current prices. */
export function modelChoice(rates: RateCard, operation: Operation): z.ZodString {
  const listed = priceList(rates)
    .models.filter((each) => each.operation === operation && isListed(each))
    .slice(0, LISTED_MAX)
    .map(({ model, price, default: isDefault }) => {
      const remarks = [isDefault ? 'default' : undefined, GOOD_FOR.get(model)].filter(Boolean)
      const cost = price.micro === 0 ? 'free' : price.display
      return `${model} ${cost}${remarks.length === 0 ? '' : ` (${remarks.join(', ')})`}`
    })
  return z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe(`fal.ai id: ${listed.join('; ')}.`)
}

/** Whether a tool lists a model: the recommended ones, and those that the operator added. */
function isListed({ model, priceSource }: ListedPrice): boolean {
  return GOOD_FOR.has(model) || priceSource === 'operator'
}

const UNLISTED: Record<UnknownModels, string> = {
  default: `Unlisted models cost ${display(UNLISTED_PRICE)}.`,
  refuse: 'Unlisted models are refused.',
  upstream: 'Unlisted models cost what fal.ai asks, or are refused.',
}

/** Returns a sentence about the price of unlisted models. */
export function unlistedPrice({ unknownModels }: RateCard): string {
  return UNLISTED[unknownModels]
}
