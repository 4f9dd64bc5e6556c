import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fit, measuresOf } from '../../src/generations/fit.ts'
import { CATALOG } from '../../src/pricing/catalog.ts'
import { findModel } from '../../src/pricing/find-model.ts'
import { priceOf } from '../../src/pricing/quote.ts'
import { RUN_FIELDS, type Field } from '../../src/pricing/run-fields.ts'
import { NAMED_SIZES } from '../../src/pricing/sizes.ts'
import { mapRequest } from '../../src/providers/fal/map.ts'
import type { ProviderRequest } from '../../src/providers/provider.ts'
import { FAL_MODELS } from '../services/fal/emulator.ts'
import { check } from '../services/fal/check.ts'
import { numberOf, type Input } from '../services/fal/model.ts'
import { sizeOf } from '../services/fal/size.ts'
import { IMAGE, leastOf, SERVED, type Served } from '../services/fal/published-inputs.ts'

const RATES = {
  models: new Map(CATALOG.map((model) => [model.id, model])),
  unknownModels: 'refuse',
} as const
const URLS = { images: ['https://v3b.fal.media/a.png'] }

type Dealt = { price: number; cost: number }

/** What a request costs the customer, and what fal takes for what is sent: by the emulator's own price book. */
function deal(model: Served, asked: ProviderRequest): Dealt {
  const found = findModel(asked, RATES)
  const { request } = fit(asked, found)
  const { price } = priceOf(found, measuresOf(request, found))
  const fal = FAL_MODELS[model.endpoint]
  if (fal === undefined) throw new Error(`no ${model.endpoint} in the emulator`)
  const costs = mapRequest(request, model.endpoint, URLS).inputs.map((sent) => {
    const { input, problems } = check(fal, sent)
    expect(problems).toEqual([])
    const count = numberOf(input, 'num_images') ?? 1
    const { width, height } = madeSize(input, request)
    const pixels = width * height
    const made = {
      body: {},
      pixels: pixels * count,
      megapixels: Math.ceil(pixels / 2 ** 20) * count,
    }
    return fal.units(input, made) * fal.unitPriceUsd * 1e6
  })
  return { price, cost: costs.reduce((sum, cost) => sum + cost, 0) }
}

function madeSize(input: Input, request: ProviderRequest) {
  if (request.operation !== 'upscale') return sizeOf(input, [])
  const factor = numberOf(input, 'upscale_factor') ?? 2
  const { width, height } = request.image
  return { width: Math.floor(width * factor), height: Math.floor(height * factor) }
}

const size = fc.oneof(
  fc.constantFrom(...Object.values(NAMED_SIZES)),
  fc.record({
    width: fc.integer({ min: 64, max: 4096 }),
    height: fc.integer({ min: 64, max: 4096 }),
  }),
)

/** Any value that a field of a model's input admits, larger ones than its price covers included. */
function valueOf(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'text':
      return fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(field.max, 1500) })
        .filter((text) => text.trim() !== '')
    case 'number':
      return field.whole
        ? fc.integer({ min: field.min ?? 0, max: 2000 })
        : fc.double({ min: 0, max: 9, noNaN: true })
    case 'flag':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...field.values, ...Object.keys(field.substitutes ?? {}))
    case 'size':
      return fc.oneof(
        fc.constantFrom(...Object.keys(NAMED_SIZES)),
        fc.record({
          width: fc.integer({ min: 1, max: 14_142 }),
          height: fc.integer({ min: 1, max: 14_142 }),
        }),
      )
    case 'seconds':
      return fc.constantFrom(...field.offered)
    case 'list':
    case 'object':
      return fc.constant(undefined)
  }
}

function inputsOf(endpoint: string): fc.Arbitrary<Input> {
  const fields = Object.entries(RUN_FIELDS.get(endpoint) ?? {}).filter(
    ([name]) => name !== 'num_images',
  )
  // Links and names are not what this is about.
  const plain = fields.filter(
    ([name]) => !/_url$|_path$|_name$|^language_boost$|^scheduler$/.test(name),
  )
  return fc.record(Object.fromEntries(plain.map(([name, field]) => [name, valueOf(field)])), {
    requiredKeys: plain.filter(([, field]) => field.required).map(([name]) => name),
  })
}

function requestsFor(model: Served): fc.Arbitrary<ProviderRequest> {
  const least = leastOf(model)
  const count = fc.integer({ min: 1, max: 4 })
  switch (least.operation) {
    case 'generateImage':
      return fc
        .record({ size, count })
        .map(({ size: { width, height }, count: of }) => ({ ...least, width, height, count: of }))
    case 'editImage':
      return count.map((of) => ({ ...least, count: of }))
    case 'removeBackground':
      return fc.constant(least)
    case 'upscale': {
      const side = fc.integer({ min: 16, max: 8000 })
      const scale = fc.double({ min: 1, max: 8, noNaN: true })
      return fc
        .record({ width: side, height: side, scale })
        .map(({ width, height, scale: by }) => ({
          ...least,
          image: { ...IMAGE, width, height },
          scale: by,
        }))
    }
    case 'run':
      return inputsOf(model.endpoint).map((input) => ({
        ...least,
        input: { ...least.input, ...input },
      }))
  }
}

test.each(SERVED)('$id: no call is sold at a worse rate than the base call', (model) => {
  const base = baseOf(model)
  expect(base.price).toBe(model.price)
  fc.assert(
    fc.property(requestsFor(model), (request) => {
      const { price, cost } = deal(model, request)
      expect(price).toBeGreaterThanOrEqual(model.price)
      expect(Number.isSafeInteger(price)).toBe(true)
      // price ÷ cost ≥ base price ÷ base cost, up to what floats of the price book round
      expect(price * base.cost).toBeGreaterThanOrEqual(base.price * cost * (1 - 1e-9))
    }),
    { numRuns: 300 },
  )
})

/** The base call. Films have a base length that some endpoints do not make: its cost follows from one they do. */
function baseOf(model: Served): Dealt {
  const { bill } = model
  const least = leastOf(model)
  if (least.operation !== 'run' || (bill.by !== 'character' && bill.by !== 'second'))
    return deal(model, least)
  const rule = RUN_FIELDS.get(model.endpoint)?.[bill.field]
  if (bill.by === 'character' || rule?.kind !== 'seconds') {
    return deal(model, { ...least, input: { ...least.input, [bill.field]: 'x'.repeat(bill.base) } })
  }
  const { price, cost } = deal(model, least)
  return { price, cost: (cost / rule.defaultSeconds) * bill.base }
}
