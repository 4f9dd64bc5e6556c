import type { Modality } from './catalog.ts'
import type { Quote } from './quote.ts'

/**
 * What a result has to be: a picture for the image tools, its own kind for a listed model. Null where anything
 * may come: from a model that is not listed, and from one that an operator priced without naming its kind.
 */
export function kindOf({
  operation,
  modality,
  priceSource,
}: Pick<Quote, 'operation' | 'modality' | 'priceSource'>): Modality | null {
  if (operation !== 'run') return 'image'
  if (priceSource === 'catalog') return modality
  // A row of a price file that names no modality says `image`.
  return priceSource === 'operator' && modality !== 'image' ? modality : null
}
