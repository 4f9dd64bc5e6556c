import type { Command } from 'commander'
import { dayOf } from '../ledger/rules.ts'
import { displayBalance, displayCost, money } from '../money.ts'
import { DAYS_MAX, lastDays } from '../usage/days.ts'
import { dailyUsage, sum } from '../usage/report.ts'
import { accountStatus } from '../usage/account-status.ts'
import { countTransactions, listTransactions } from '../usage/transactions.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { ACCOUNT_OPTION, callerFor } from './caller.ts'
import { printNotices } from './notices.ts'
import { refuseOtherWords, wholeNumber } from './options.ts'
import { table, type Column } from './table.ts'

const DAYS = 7

/** `inkwell usage` and `inkwell usage history`. */
export function usageCommand(root: Command, withTerminal: WithTerminal): void {
  const usage = root
    .command('usage')
    .description(`show the balance and the last ${DAYS} days`)
    .option('-d, --days <n>', `number of days (default: ${DAYS})`, wholeNumber(1, DAYS_MAX))
    .option(...ACCOUNT_OPTION)
    .option('--json', 'print JSON')
    .action((options: UsageOptions) => withTerminal((terminal) => showUsage(terminal, options)))
  refuseOtherWords(usage)
  usage
    .command('history')
    .description('show each generation, newest first')
    .option('-l, --limit <n>', 'number of records', wholeNumber(1, 1000), 20)
    .option('-d, --days <n>', 'number of days to look back', wholeNumber(1, DAYS_MAX), 30)
    .option(...ACCOUNT_OPTION)
    .option('--json', 'print JSON')
    .action((options: HistoryOptions, command: Command) =>
      withTerminal((terminal) =>
        showHistory(terminal, { ...options, ...command.optsWithGlobals() }),
      ),
    )
}

type UsageOptions = { days?: number; account?: string; json?: true }

async function showUsage(terminal: Terminal, options: UsageOptions): Promise<void> {
  await printUsage(terminal, options)
  await printNotices(terminal, options)
}

async function printUsage(
  { app, print, printJson }: Terminal,
  { days: lookBack = DAYS, account, json }: UsageOptions,
): Promise<void> {
  const caller = await callerFor(app, account)
  await app.ready(caller)
  const nowMs = app.now()
  const range = lastDays(lookBack, nowMs)
  const { balance, lowBalance, daily } = await app.db.read(function* reading() {
    return {
      ...(yield* accountStatus(caller, nowMs)),
      daily: yield* dailyUsage(caller.account.id, range),
    }
  })
  const days = daily.filter(({ count }) => count > 0).toReversed()
  const total = sum(days).cost
  if (json) {
    const rows = days.map(({ date, count, cost }) => ({ date, count, cost: money(cost) }))
    return printJson({
      balance: money(balance.available),
      lowBalance,
      ...range,
      days: rows,
      total: money(total),
    })
  }
  print(`  Balance: ${displayBalance(balance.available)}`, '')
  if (days.length === 0) print(`  No usage in the last ${inDays(lookBack)}.`)
  else {
    const rows = days.map(({ date, cost, count }) => [date, displayCost(cost), String(count)])
    print(
      `  Last ${inDays(lookBack)}:`,
      '',
      ...table(DAY_COLUMNS, rows),
      '',
      `  Total: ${displayCost(total)}`,
    )
  }
}

const DAY_COLUMNS = [
  { title: 'Date', width: 13 },
  { title: 'Cost', width: 11 },
  { title: 'Requests', width: 0 },
]

type HistoryOptions = { limit: number; days: number; account?: string; json?: true }

async function showHistory(terminal: Terminal, options: HistoryOptions): Promise<void> {
  await printHistory(terminal, options)
  await printNotices(terminal, options)
}

async function printHistory(
  { app, print, printJson }: Terminal,
  { limit, days, account, json }: HistoryOptions,
): Promise<void> {
  const caller = await callerFor(app, account)
  await app.ready(caller)
  const nowMs = app.now()
  const since = Date.parse(lastDays(days, nowMs).from)
  const { lowBalance, rows, count } = await app.db.read(function* reading() {
    const { transactions } = yield* listTransactions(caller.account.id, {
      type: 'generation',
      since,
      limit,
    })
    return {
      ...(yield* accountStatus(caller, nowMs)),
      rows: transactions,
      count: yield* countTransactions(caller.account.id, { type: 'generation', since }),
    }
  })
  if (json) {
    const records = rows.map(({ cost, at, ...row }) => ({
      ...row,
      cost: money(cost),
      createdAt: new Date(at).toISOString(),
    }))
    return printJson({ records, shown: rows.length, total: count, lowBalance })
  }
  if (rows.length === 0) print(`  No usage records in the last ${inDays(days)}.`)
  else {
    print(
      ...table(
        HISTORY_COLUMNS,
        rows.map(({ at, provider, model, operation, cost }) => [
          dayOf(at),
          provider ?? '',
          (model ?? '').replace(/^fal-ai\//, ''),
          operation ?? '',
          displayCost(cost),
        ]),
      ),
    )
    if (rows.length < count) print('', `  Showing ${rows.length} of ${count} records`)
  }
}

function inDays(count: number): string {
  return count === 1 ? 'day' : `${count} days`
}

const HISTORY_COLUMNS: readonly Column[] = [
  { title: 'Date', width: 13 },
  { title: 'Provider', width: 11, narrow: 'leave out' },
  { title: 'Model', width: 20, narrow: 'start' },
  { title: 'Operation', width: 17 },
  { title: 'Cost', width: 0 },
]
