import type { Command } from 'commander'
import { money } from '../money.ts'
import { refundGeneration } from '../operator/money.ts'
import { moneyAct, withMoneyOptions, type MoneyOptions } from './money-act.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type RefundOptions = MoneyOptions & { account?: string; json?: true }

/** `inkwell ledger refund`. */
export function refundCommand(ledger: Command, withTerminal: WithTerminal): void {
  const refund = ledger
    .command('refund <generation>')
    .description('give back what a generation was charged, once')
    .option('--reason <text>', 'why, for the audit log')
    .option('--account <id>', 'refuse it if another account was charged')
  withMoneyOptions(refund)
    .option('--json', 'print JSON')
    .action((id: string, options: RefundOptions) =>
      withTerminal((terminal) => refundOne(terminal, id, options)),
    )
}

async function refundOne(
  { app, print, printJson }: Terminal,
  generationId: string,
  { account: accountId, json, ...options }: RefundOptions,
): Promise<void> {
  const request = moneyAct(app, options, 'txn_refund')
  const done = await app.db.write(() => refundGeneration({ generationId, accountId }, request))
  const replayed = done?.replayed ?? true
  if (json)
    return printJson({
      generationId,
      id: done?.act.entry_id ?? null,
      accountId: done?.act.account_id ?? null,
      amount: done === null ? null : money(done.act.amount ?? 0),
      reason: done?.act.reason ?? null,
      by: done?.act.author ?? null,
      replayed,
    })
  print(replayed ? `  ${generationId} was refunded before.` : `  ${generationId} is refunded.`)
}
