import type { Command } from 'commander'
import { display } from '../money.ts'
import { priceList } from '../pricing/price-list.ts'
import type { Terminal, WithTerminal } from './command.ts'
import { table } from './table.ts'

/** `inkwell pricing`. */
export function pricingCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('pricing')
    .description('list the models and their prices')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) =>
      withTerminal((terminal) => showPricing(terminal, options)),
    )
}

async function showPricing(
  { app, print, printJson }: Terminal,
  { json }: { json?: true },
): Promise<void> {
  const list = priceList(app.generations.rates)
  if (json) return printJson(list)
  const rows = list.models.map(({ model, operation, price, per, default: isDefault, served }) => [
    model,
    operation,
    price.display,
    `${per}${isDefault ? ' (default)' : ''}${served ? '' : ' (no longer served)'}`,
  ])
  const unlisted = list.unlisted.price
  print(
    ...table(COLUMNS, rows),
    '',
    unlisted === null
      ? '  Models that are not listed are refused.'
      : `  Any other model: ${display(unlisted.micro)} an output`,
  )
}

const COLUMNS = [
  { title: 'Model', width: 50 },
  { title: 'Operation', width: 18 },
  { title: 'Price', width: 9 },
  { title: 'Per', width: 0 },
]
