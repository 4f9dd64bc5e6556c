import { InvalidArgumentError, type Command } from 'commander'
import type { AccountTable } from '../db/schema/ledger.ts'
import { findAccount } from '../ledger/queries/account.ts'
import { display, displayBalance, money, parseSignedUsd } from '../money.ts'
import { creditAccount } from '../operator/money.ts'
import { firstOrThrow } from '../db/db.ts'
import { moneyAct, withMoneyOptions, type MoneyOptions } from './money-act.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type CreditOptions = MoneyOptions & { amount: number; reason: string; json?: true }

/** `inkwell accounts credit`. */
export function creditCommand(accounts: Command, withTerminal: WithTerminal): void {
  const credit = accounts
    .command('credit <id>')
    .description('give credits to an account, or take some that are available')
    .requiredOption('--amount <usd>', 'US dollars; below zero takes them', readAmount)
    .requiredOption('--reason <text>', 'why, for the audit log')
  withMoneyOptions(credit)
    .option('--json', 'print JSON')
    .action((id: string, options: CreditOptions) =>
      withTerminal((terminal) => creditOne(terminal, id, options)),
    )
}

async function creditOne(
  { app, print, printJson }: Terminal,
  accountId: string,
  { amount, json, ...options }: CreditOptions,
): Promise<void> {
  const request = moneyAct(app, options, 'txn_topup')
  const { done, account } = await app.db.write(function* crediting() {
    return {
      done: yield* creditAccount({ accountId, amount }, request),
      account: firstOrThrow<AccountTable>(yield* findAccount({ id: accountId })),
    }
  })
  const { act, replayed } = done
  const balance = account.available + account.held - account.debt
  if (json)
    return printJson({
      id: act.entry_id,
      accountId,
      amount: money(amount),
      reason: act.reason,
      by: act.author,
      at: new Date(act.at).toISOString(),
      replayed,
      balance: money(balance),
    })
  const what = amount > 0 ? `${display(amount)} more` : `${display(-amount)} less`
  print(
    replayed
      ? `  This was done before, as ${act.entry_id}.`
      : `  ${account.name} has ${what}, by ${act.entry_id}.`,
    `  Balance: ${displayBalance(balance)}`,
  )
}

function readAmount(text: string): number {
  const amount = parseSignedUsd(text)
  if (amount !== null) return amount
  throw new InvalidArgumentError(
    'It must be a plain amount of US dollars such as 5, 0.50 or -2 (at most 6 decimals).',
  )
}
