import { Option, type Command } from 'commander'
import { displayCost, money } from '../money.ts'
import { dayRange, daysBefore, lastDays, type DayRange } from '../usage/days.ts'
import { MARGIN_KEYS, marginReport, type MarginKey, type MarginSum } from '../usage/margin.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { table, type Column } from './table.ts'

const DAYS = 30

type MarginOptions = {
  from?: string
  to?: string
  by: MarginKey
  account?: string
  json?: true
}

/** `inkwell ledger margin`. */
export function marginCommand(ledger: Command, withTerminal: WithTerminal): void {
  ledger
    .command('margin')
    .description('show what was sold, what it cost at fal.ai and what of that nobody pays')
    .option('--from <day>', `first UTC day, YYYY-MM-DD (default: ${DAYS} days in all)`)
    .option('--to <day>', 'last UTC day, YYYY-MM-DD (default: today)')
    .addOption(new Option('--by <key>', 'a row for each').choices(MARGIN_KEYS).default('model'))
    .option('--account <id>', 'of one account only')
    .option('--json', 'print JSON')
    .action((options: MarginOptions) => withTerminal((terminal) => showMargin(terminal, options)))
}

async function showMargin(
  { app, print, printJson }: Terminal,
  options: MarginOptions,
): Promise<void> {
  const range = rangeOf(options, app.now())
  const { by: key, account: accountId } = options
  const report = await app.reports.read(() => marginReport({ ...range, by: key, accountId }))
  const { from, to, by, rows, total, costsSince } = report
  if (options.json) {
    const shown = rows.map(({ name, ...sum }) => ({ [by]: name, ...asMoney(sum) }))
    return printJson({ from, to, by, rows: shown, total: asMoney(total), costsSince })
  }
  if (rows.length === 0) return print(`  Nothing was sold or bought from ${from} to ${to}.`)
  const lines = [...rows, { ...total, name: 'Total' }].map((row) => [
    row.name,
    displayCost(row.sold),
    displayCost(row.upstreamCost),
    row.unpaid.jobs === 0 ? '-' : `${row.unpaid.jobs} for ${displayCost(row.unpaid.cost)}`,
    displayCost(row.margin),
  ])
  print(`  ${from} to ${to}:`, '', ...table([FIRST_COLUMN[by], ...COLUMNS], lines))
  if (total.unknownCount > 0)
    print(
      '',
      `  Of ${total.unknownCount} generations the cost is unknown: the margin is lower by it.`,
    )
  if (costsSince === null) print('', '  Nothing was bought at fal.ai yet.')
  else if (costsSince > from) print('', `  Costs are on record from ${costsSince} on.`)
}

/** Returns the requested range of days. Throws `invalid_input` for invalid days. */
function rangeOf({ from, to }: MarginOptions, nowMs: number): DayRange {
  const last = to ?? lastDays(1, nowMs).to
  return dayRange(from ?? daysBefore(last, DAYS - 1), last)
}

function asMoney({ sold, upstreamCost, unknownCount, unpaid, margin }: MarginSum) {
  return {
    sold: money(sold),
    upstreamCost: money(upstreamCost),
    unknownCount,
    unpaid: { jobs: unpaid.jobs, cost: money(unpaid.cost) },
    margin: money(margin),
  }
}

const FIRST_COLUMN: Record<MarginKey, Column> = {
  model: { title: 'Model', width: 50, narrow: 'start' },
  account: { title: 'Account', width: 39 },
  day: { title: 'Day', width: 13 },
}

const COLUMNS = [
  { title: 'Sold', width: 12 },
  { title: 'fal.ai cost', width: 13 },
  { title: 'Of it unpaid', width: 15 },
  { title: 'Margin', width: 0 },
]
