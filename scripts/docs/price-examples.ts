import { display } from '../../src/money.ts'
import { BASE_CALL, costOf, type Bill, type Measures } from '../../src/pricing/bill.ts'
import { BILLS } from '../../src/pricing/bills.ts'
import { CATALOG, type Model } from '../../src/pricing/catalog.ts'
import { priceOf } from '../../src/pricing/quote.ts'
import { RUN_FIELDS } from '../../src/pricing/run-fields.ts'
import { code } from './markdown.ts'

export const EXAMPLES_HEAD = [
  'Model',
  'fal.ai bills',
  'Base call: price (fal.ai asks)',
  'Larger calls: price (fal.ai asks)',
  'Source',
]

/** A row for each priced model: how fal bills it, the base call, and larger calls with what each costs both sides. */
export function exampleRows(): string[][] {
  return CATALOG.map((model) => {
    const { source, note } = BILLS[model.id] ?? { source: '' }
    const larger = largerCalls(model).map(({ words, call }) => `${words}: ${both(model, call)}`)
    return [
      code(model.id),
      billWords(model.bill),
      both(model, BASE_CALL),
      larger.join('; ') || 'the same for every call',
      note === undefined ? source : `${source}; ${note}`,
    ]
  })
}

type Example = { words: string; call: Measures }

/** Up to three calls above the base. */
function largerCalls({ bill, endpoint }: Model): Example[] {
  switch (bill.by) {
    case 'output':
      return []
    case 'megapixel':
      return [1280, 2048, 4096].map((side) => square(side))
    case 'tier':
      return bill.field === undefined
        ? [6000, 9000, 16_000].map(square)
        : [1280, 2048, 4096].map(square)
    case 'second':
      return films(bill, endpoint ?? '')
    case 'character':
      return [1000, 2500, 5000].map((length) => ({
        words: `${length} characters`,
        call: { input: { [bill.field]: 'x'.repeat(length) } },
      }))
    case 'step':
      return [45, 60, 100].map((steps) => ({
        words: `${steps} steps`,
        call: { input: { [bill.field]: steps } },
      }))
  }
}

function square(side: number): Example {
  return { words: `${side}×${side}`, call: { size: { width: side, height: side }, input: {} } }
}

/** The longest film in each quality, dearest first. */
function films({ field, rates }: Extract<Bill, { by: 'second' }>, endpoint: string): Example[] {
  const rule = RUN_FIELDS.get(endpoint)?.[field]
  const longest = rule?.kind === 'seconds' ? Math.max(...rule.offered) : 10
  return rates
    .toSorted((a, b) => b.micro - a.micro)
    .slice(0, 3)
    .map(({ when = {} }) => ({
      words: [`${longest} s`, ...wordsOf(when)].join(', '),
      call: { input: { ...when, [field]: longest } },
    }))
}

function wordsOf(input: Measures['input']): string[] {
  return Object.entries(input).map(([name, value]) => `${name} ${String(value)}`)
}

function both(model: Model, call: Measures): string {
  const { operation, id, source: priceSource } = model
  const { price } = priceOf({ model, priceSource }, { operation, model: id, count: 1, ...call })
  const asks = costOf(model.bill, call)
  return `${display(price)} (${asks === null ? 'not known' : display(asks)})`
}

function billWords(bill: Bill): string {
  switch (bill.by) {
    case 'output':
      return bill.micro === null ? 'compute time' : `${display(bill.micro)} an output`
    case 'megapixel':
      return `${display(bill.micro)} a megapixel begun${bill.inputs ? ', input pictures too' : ''}`
    case 'tier':
      return bill.tiers.map(({ name, micro }) => `${name} ${display(micro)}`).join(', ')
    case 'second':
      return bill.rates
        .map(({ micro, when = {} }) => [display(micro), 'a second', ...wordsOf(when)].join(' '))
        .join('; ')
    case 'character':
      return `${display(bill.micro * 1000)} for 1,000 characters`
    case 'step':
      return 'compute time, which grows with the steps'
  }
}
