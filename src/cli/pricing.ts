import type { Command } from 'commander'
import { AppError } from '../errors.ts'
import { displayCost, money, type Money } from '../money.ts'
import { compare, type UnitPrice } from '../pricing/compare.ts'
import { priceList, type ListedPrice } from '../pricing/price-list.ts'
import { unlistedPrice } from '../tools/choosing.ts'
import { lastDays, type DayRange } from '../usage/days.ts'
import { marginReport } from '../usage/margin.ts'
import { upstreamCosts } from '../usage/upstream.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { refuseOtherWords } from './options.ts'
import { table, type Column } from './table.ts'

type UnitPrices = ReadonlyMap<string, UnitPrice> | null

/** `inkwell pricing` and `inkwell pricing check`. */
export function pricingCommand(root: Command, withTerminal: WithTerminal): void {
  const pricing = root
    .command('pricing')
    .description('list the models and their prices')
    .option('--json', 'print JSON; with a key also what each model costs the operator')
    .action((options: { json?: true }) =>
      withTerminal((terminal) => showPricing(terminal, options)),
    )
  refuseOtherWords(pricing)
  pricing
    .command('check')
    .description('compare the list prices with what fal.ai asks, and warn where a sale loses money')
    .option('--json', 'print JSON')
    .action((_, command: Command) =>
      withTerminal((terminal) => checkPricing(terminal, command.optsWithGlobals())),
    )
}

async function showPricing(terminal: Terminal, { json }: { json?: true }): Promise<void> {
  const { rates } = terminal.app.generations
  const list = priceList(rates)
  if (json) {
    const prices = await upstreamPrices(terminal).catch(withoutPrices)
    return terminal.printJson({
      ...list,
      models: await withUpstream(terminal, list.models, prices),
    })
  }
  const rows = list.models.map(({ model, operation, price, per, default: isDefault, served }) => [
    model,
    operation,
    price.display,
    `${per}${isDefault ? ' (default)' : ''}${served ? '' : ' (no longer served)'}`,
  ])
  terminal.print(...table(COLUMNS, rows), '', `  ${unlistedPrice(rates)}`)
}

async function checkPricing(terminal: Terminal, { json }: { json?: true }): Promise<void> {
  const models = priceList(terminal.app.generations.rates).models.filter(
    ({ provider }) => provider === 'fal.ai',
  )
  const rows = await withUpstream(terminal, models, await upstreamPrices(terminal))
  if (rows.every(({ upstreamPrice }) => upstreamPrice === null)) {
    throw new AppError(
      'upstream_rejected',
      'There is no key to ask fal.ai with, or it named no prices.',
      {
        hint: 'Set FAL_KEY and try again.',
      },
    )
  }
  const losses = rows.filter(({ losesMoney }) => losesMoney === true)
  if (losses.length > 0) terminal.fail()
  const unpaid = await unpaidModels(terminal)
  if (json) return terminal.printJson({ models: rows, unpaid })
  const cells = rows.map(({ model, price, upstreamPrice, upstreamCost, losesMoney }) => [
    model,
    price.display,
    upstreamPrice === null ? '?' : `$${upstreamPrice.unitPrice} / ${upstreamPrice.unit}`,
    upstreamCost?.display ?? '?',
    losesMoney === true ? '⚠ loses money' : '',
  ])
  const verdict =
    losses.length === 0
      ? 'no sale at list price is known to lose money'
      : `${losses.length} sell below cost`
  terminal.print(
    ...table(CHECK_COLUMNS, cells),
    '',
    ...showUnpaid(unpaid),
    '',
    ...losses.map(
      ({ model, price, upstreamCost }) =>
        `  ⚠ ${model} is sold at ${price.display}, and fal.ai asks ${upstreamCost?.display ?? '?'}`,
    ),
    `  ${verdict}`,
  )
}

type UnpaidModels = DayRange & { models: { model: string; jobs: number; cost: Money }[] }

/** Returns the recent work that fal.ai billed but no customer paid, by model. */
async function unpaidModels({ app }: Terminal): Promise<UnpaidModels> {
  const range = lastDays(UNPAID_DAYS, app.now())
  const { rows } = await app.db.read(() => marginReport({ ...range, by: 'model' }))
  const models = rows.flatMap(({ name, unpaid: { jobs, cost } }) =>
    jobs === 0 ? [] : [{ model: name, jobs, cost: money(cost) }],
  )
  return { ...range, models }
}

function showUnpaid({ models }: UnpaidModels): string[] {
  if (models.length === 0) return [`  No unpaid work in the last ${UNPAID_DAYS} days.`]
  const rows = models.map(({ model, jobs, cost }) => [model, String(jobs), displayCost(cost.micro)])
  return [`  Unpaid work of the last ${UNPAID_DAYS} days:`, '', ...table(UNPAID_COLUMNS, rows)]
}

/** Returns fal.ai's prices for all listed endpoints, or null without a key. */
async function upstreamPrices({ app }: Terminal): Promise<UnitPrices> {
  const { models } = app.generations.rates
  const endpoints = [...models.values()].flatMap(({ endpoint }) =>
    endpoint === null ? [] : [endpoint],
  )
  return await app.upstreamPrices([...new Set(endpoints)])
}

/** Replaces an error of fal.ai by null: the price list is still useful without fal.ai's prices. */
function withoutPrices(error: unknown): null {
  if (!(error instanceof AppError)) throw error
  process.stderr.write(`inkwell: ${error.message}\n`)
  return null
}

/** Adds to each listed model the cost of a typical output at fal.ai, and the recorded costs of real outputs. */
async function withUpstream({ app }: Terminal, models: readonly ListedPrice[], prices: UnitPrices) {
  const { rates } = app.generations
  const recorded = new Map(
    (await app.db.read(upstreamCosts)).map(({ model, ...rest }) => [model, rest]),
  )
  return models.map((listed) => {
    const model = rates.models.get(listed.model)
    const price = prices?.get(model?.endpoint ?? '')
    const { upstream = null, losesMoney = null } = model === undefined ? {} : compare(model, price)
    const record = recorded.get(listed.model)
    return {
      ...listed,
      upstreamPrice: price ?? null,
      upstreamCost: upstream === null ? null : money(upstream),
      losesMoney,
      recorded:
        record === undefined
          ? null
          : {
              generations: record.count,
              charged: money(record.charged),
              upstreamCost: money(record.cost),
            },
    }
  })
}

const COLUMNS: readonly Column[] = [
  { title: 'Model', width: 50, narrow: 'start' },
  { title: 'Operation', width: 18 },
  { title: 'Price', width: 9 },
  { title: 'Per', width: 0, narrow: 'leave out' },
]

const UNPAID_DAYS = 30

const UNPAID_COLUMNS: readonly Column[] = [
  { title: 'Model', width: 50, narrow: 'start' },
  { title: 'Jobs', width: 9 },
  { title: 'fal.ai asked', width: 0 },
]

const CHECK_COLUMNS: readonly Column[] = [
  { title: 'Model', width: 50, narrow: 'start' },
  { title: 'Price', width: 9 },
  { title: 'fal.ai asks', width: 26, narrow: 'leave out' },
  { title: 'An output costs', width: 17 },
  { title: '', width: 0 },
]
