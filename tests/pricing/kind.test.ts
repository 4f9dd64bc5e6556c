import { expect, test } from 'vitest'
import { CATALOG, LOCAL_MODELS, type Modality, type Model } from '../../src/pricing/catalog.ts'
import { kindOf } from '../../src/pricing/kind.ts'
import { quotePrice, type QuoteRequest } from '../../src/pricing/quote.ts'

/** A row of an operator's price file. */
function operators(id: string, modality: Modality): Model {
  const base = CATALOG.find((model) => model.id === 'fal-ai/lora')
  if (base === undefined) throw new RangeError('it is listed')
  return { ...base, id, endpoint: id, modality, source: 'operator' }
}

/** A card with prices of an operator over the catalogue. */
const RATES = {
  models: new Map(
    [
      ...CATALOG,
      ...LOCAL_MODELS,
      operators('fal-ai/lora', 'image'),
      operators('acme/mesh', 'image'),
      operators('acme/film', 'video'),
    ].map((model) => [model.id, model]),
  ),
  unknownModels: 'default',
} as const

test.each<[operation: QuoteRequest['operation'], model: string, kind: Modality | null]>([
  ['generateImage', 'fal-ai/flux-2-flex', 'image'],
  ['editImage', 'acme/new', 'image'],
  ['removeBackground', 'local/cutout', 'image'],
  ['upscale', 'acme/new', 'image'],
  ['run', 'fal-ai/veo3.1', 'video'],
  ['run', 'minimax/speech-02-hd', 'voice'],
  ['run', 'fal-ai/minimax/speech-02-hd', 'voice'], // by the name that fal serves it at
  ['run', 'fal-ai/flux/dev/controlnet', 'image'],
  ['run', 'fal-ai/lora', 'image'], // at an operator's price
  ['run', 'acme/film', 'video'],
  ['run', 'acme/mesh', null], // its kind was not named
  ['run', 'acme/new', null],
])('what %s with %s brings has to be: %s', (operation, model, kind) => {
  expect(kindOf(quotePrice({ operation, model, count: 1, input: {} }, RATES))).toBe(kind)
})
