import { CATALOG, type Modality } from './catalog.ts'
import type { Quote } from './quote.ts'

/**
 * What a result has to be: a picture for the image tools, its own kind for a model of the catalogue or one that an
 * operator lists with its kind. Null where anything may come: of any other model nothing is known.
 */
export function kindOf({
  operation,
  model,
  modality,
  priceSource,
}: Pick<Quote, 'operation' | 'model' | 'modality' | 'priceSource'>): Modality | null {
  if (operation !== 'run') return 'image'
  if (CATALOG.some(({ id }) => id === model)) return modality
  // A row of a price file that names no modality says `image`.
  return priceSource === 'operator' && modality !== 'image' ? modality : null
}
