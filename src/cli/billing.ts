import type { Command } from 'commander'
import { AppError } from '../errors.ts'
import { displayBalance, money } from '../money.ts'
import { standing } from '../usage/standing.ts'
import { commandLineCaller } from './caller.ts'
import type { Terminal, WithTerminal } from './command.ts'
import { LOW_BALANCE_LINE } from './options.ts'

/** `inkwell billing`. */
export function billingCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('billing')
    .description('show the balance and the latest purchases')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) =>
      withTerminal((terminal) => showBilling(terminal, options)),
    )
    .command('buy')
    .description('buy credits')
    .option('-a, --amount <usd>', 'amount in US dollars')
    .action(() => withTerminal(refusePurchase))
}

async function showBilling(
  { app, print, printJson }: Terminal,
  { json }: { json?: true },
): Promise<void> {
  const caller = commandLineCaller(app)
  await app.ready(caller)
  const { balance, lowBalance } = await app.db.read(() => standing(caller, app.generations.now()))
  if (json)
    return printJson({
      balance: money(balance.available),
      lowBalance,
      purchases: [],
      totalPurchased: money(0),
    })
  print(`  Balance: ${displayBalance(balance.available)}`, '', '  No purchases yet.')
  if (lowBalance) print('', LOW_BALANCE_LINE)
}

async function refusePurchase(): Promise<void> {
  throw new AppError(
    'billing_not_configured',
    'No payment service is configured on this machine.',
    {
      hint: 'Set INKWELL_FAL_KEY to use your own fal.ai account instead.',
    },
  )
}
