import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { ConfigError } from '../errors.ts'
import { parseUsd } from '../money.ts'
import { CATALOG, FLAT, LOCAL_MODELS, MODALITIES, OPERATIONS, type Model } from './catalog.ts'
import { MODEL_ID, type RateCard, type UnknownModels } from './find-model.ts'

const PriceFile = z.record(
  z.string().regex(MODEL_ID),
  z.strictObject({
    usd: z.string(),
    operation: z.enum(OPERATIONS),
    modality: z.enum(MODALITIES).optional(),
  }),
)

/**
 * Loads the catalogue, overridden by the operator's file if there is one: JSON such as
 * `{ "fal-ai/some/model": { "usd": "0.07", "operation": "generateImage" } }`.
 * Throws `ConfigError` for a file that cannot be read, an invalid price or an invalid id.
 */
export function loadRates(unknownModels: UnknownModels, file: string | undefined): RateCard {
  const models = new Map([...CATALOG, ...LOCAL_MODELS].map((model) => [model.id, model]))
  for (const model of file === undefined ? [] : readPrices(file, models))
    models.set(model.id, model)
  return { models, unknownModels }
}

function readPrices(file: string, listed: ReadonlyMap<string, Model>): Model[] {
  const parsed = PriceFile.safeParse(readJson(file))
  if (!parsed.success) throw new ConfigError(`INKWELL_PRICES: ${z.prettifyError(parsed.error)}`)
  return Object.entries(parsed.data).map(([id, { usd, operation, modality }]) => {
    const price = parseUsd(usd)
    if (price === null) {
      throw new ConfigError(
        `INKWELL_PRICES: usd of "${id}" must be a plain decimal such as "0.07".`,
      )
    }
    const base = listed.get(id) ?? {
      endpoint: id,
      modality: 'image' as const,
      provider: 'fal.ai' as const,
      bill: FLAT,
    }
    return { ...base, ...(modality && { modality }), id, operation, price, source: 'operator' }
  })
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ConfigError('INKWELL_PRICES names a file that is not readable JSON.', { cause })
  }
}
