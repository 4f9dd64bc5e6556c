import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { loadRates } from '../../src/pricing/price-file.ts'
import type { RateCard } from '../../src/pricing/find-model.ts'
import { quotePrice } from '../../src/pricing/quote.ts'
import { temporaryFolder } from '../support/databases.ts'

function ratesOf(content: string): RateCard {
  using folder = temporaryFolder()
  const file = join(folder.path, 'prices.json')
  writeFileSync(file, content)
  return loadRates('refuse', file)
}

const priced = (rates: RateCard, model: string, operation: 'generateImage' | 'run' = 'run') =>
  quotePrice({ operation, model, count: 2, input: {} }, rates)

test('without a file the catalogue is in force', () => {
  expect(loadRates('default', undefined).models.size).toBe(28)
})

test('a file adds a price, also where unlisted models are refused', () => {
  const rates = ratesOf('{ "fal-ai/some/model": { "usd": "0.07", "operation": "generateImage" } }')
  expect(rates.models.size).toBe(29)
  expect(priced(rates, 'fal-ai/some/model', 'generateImage')).toMatchObject({
    unitPrice: 70_000,
    price: 140_000,
    priceSource: 'operator',
    modality: 'image',
    endpoint: 'fal-ai/some/model',
  })
})

test('a file replaces a price of the catalogue and keeps what else is known of the model', () => {
  const rates = ratesOf('{ "minimax/speech-02-hd": { "usd": "0.1", "operation": "run" } }')
  expect(rates.models.size).toBe(28)
  expect(priced(rates, 'minimax/speech-02-hd')).toMatchObject({
    unitPrice: 100_000,
    priceSource: 'operator',
    modality: 'voice',
    endpoint: 'fal-ai/minimax/speech-02-hd',
  })
  const long = { text: 'x'.repeat(1_000) }
  expect(
    quotePrice({ operation: 'run', model: 'minimax/speech-02-hd', count: 1, input: long }, rates)
      .price,
  ).toBe(200_000)
})

test('a file may say what a model makes, and that it is free', () => {
  const rates = ratesOf('{ "acme/song": { "usd": "0", "operation": "run", "modality": "music" } }')
  expect(priced(rates, 'acme/song')).toMatchObject({ price: 0, modality: 'music' })
})

test.each([
  ['not JSON', 'not json'],
  ['a list', '[]'],
  ['a number as price', '{ "acme/x": { "usd": 0.07, "operation": "run" } }'],
  ['a negative price', '{ "acme/x": { "usd": "-0.07", "operation": "run" } }'],
  ['a price with a comma', '{ "acme/x": { "usd": "0,07", "operation": "run" } }'],
  ['a price finer than a micro-dollar', '{ "acme/x": { "usd": "0.0000001", "operation": "run" } }'],
  ['no price', '{ "acme/x": { "operation": "run" } }'],
  ['no operation', '{ "acme/x": { "usd": "1" } }'],
  ['an unknown operation', '{ "acme/x": { "usd": "1", "operation": "draw" } }'],
  ['an unknown modality', '{ "acme/x": { "usd": "1", "operation": "run", "modality": "smell" } }'],
  ['an unknown field', '{ "acme/x": { "usd": "1", "operation": "run", "margin": "2" } }'],
  ['a bad model id', '{ "Acme": { "usd": "1", "operation": "run" } }'],
  ['a model id that climbs', '{ "acme/a..b": { "usd": "1", "operation": "run" } }'],
])('a file with %s is refused at start', (_, content) => {
  expect(() => ratesOf(content)).toThrow(ConfigError)
  expect(() => ratesOf(content)).toThrow(/INKWELL_PRICES/)
})

test('a file that is not there is refused at start', () => {
  expect(() => loadRates('default', '/no/such/file.json')).toThrow(ConfigError)
})
