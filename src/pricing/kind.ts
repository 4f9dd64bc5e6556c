import { CATALOG, type Modality } from './catalog.ts'
import type { Quote } from './quote.ts'

/**
 * Returns the modality that a result must have: `image` for the image tools, and the modality of the model if the
 * catalogue or the operator's file states it. Null for other models, whose output can be anything.
 */
export function kindOf({
  operation,
  model,
  modality,
  priceSource,
}: Pick<Quote, 'operation' | 'model' | 'modality' | 'priceSource'>): Modality | null {
  if (operation !== 'run') return 'image'
  if (CATALOG.some(({ id }) => id === model)) return modality
  // A row of a price file without a modality has `image`, so `image` may not be meant.
  return priceSource === 'operator' && modality !== 'image' ? modality : null
}
