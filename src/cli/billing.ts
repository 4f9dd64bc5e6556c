import type { Command } from 'commander'
import { listPurchases, totalPaid } from '../billing/queries.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'
import { showPurchase } from '../billing/shapes.ts'
import { dayOf } from '../ledger/rules.ts'
import { display, displayBalance, money, MICRO_PER_CENT } from '../money.ts'
import { accountStatus } from '../usage/account-status.ts'
import { buy, type BuyOptions } from './buy.ts'
import { payCommand } from './payment-page.ts'
import { ACCOUNT_OPTION, callerFor } from './caller.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { printNotices } from './notices.ts'
import { refuseOtherWords, wholeNumber } from './options.ts'
import { table } from './table.ts'
import { iso } from '../text.ts'

/** Number of purchases that are shown with the balance. */
const RECENT = 5

type Json = { account?: string; json?: true }

/** `inkwell billing` and its subcommands. */
export function billingCommand(root: Command, withTerminal: WithTerminal): void {
  const withNotices = <O extends Json>(
    options: O,
    show: (terminal: Terminal, options: O) => Promise<void>,
  ): Promise<void> =>
    withTerminal(async (terminal) => {
      await show(terminal, options)
      await printNotices(terminal, options)
    })
  const billing = root
    .command('billing')
    .description('show the balance and the latest purchases')
    .option(...ACCOUNT_OPTION)
    .option('--json', 'print JSON')
    .action((options: Json) => withNotices(options, showBilling))
  refuseOtherWords(billing)
  billing
    .command('buy')
    .description('buy credits: prints the link to a payment page and waits for the payment')
    .option('-a, --amount <usd>', 'amount in US dollars')
    .option('--no-wait', 'print the link and end')
    .option(...ACCOUNT_OPTION)
    .action((_: unknown, command: Command) =>
      withTerminal((terminal) => buy(terminal, command.optsWithGlobals<BuyOptions>())),
    )
  billing
    .command('status')
    .description('show the status of a purchase')
    .argument('<checkoutId>', 'the cs_… of the purchase')
    .option(...ACCOUNT_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, _: unknown, command: Command) =>
      withNotices(command.optsWithGlobals<Json>(), (terminal, options) =>
        showStatus(terminal, id, options),
      ),
    )
  billing
    .command('invoices')
    .description('list paid purchases and their receipts')
    .option('-l, --limit <n>', 'number of purchases', wholeNumber(1, 100), 20)
    .option(...ACCOUNT_OPTION)
    .option('--json', 'print JSON')
    .action((_: unknown, command: Command) =>
      withNotices(command.optsWithGlobals<Json & { limit: number }>(), showInvoices),
    )
}

async function showBilling(
  { app, print, printJson }: Terminal,
  { account, json }: Json,
): Promise<void> {
  const caller = await callerFor(app, account)
  const { id } = caller.account
  await app.ready(caller)
  await app.billing.refresh(id)
  const { balance, lowBalance, purchases, paid } = await app.db.read(function* reading() {
    return {
      ...(yield* accountStatus(caller, app.now())),
      purchases: yield* listPurchases(id, { limit: RECENT }),
      paid: (yield* totalPaid(id)) * MICRO_PER_CENT,
    }
  })
  if (json) {
    return printJson({
      balance: money(balance.available),
      lowBalance,
      purchases: purchases.map(toJson),
      totalPurchased: money(paid),
    })
  }
  print(`  Balance: ${displayBalance(balance.available)}`, '')
  if (purchases.length === 0) print('  No purchases yet.')
  else {
    const rows = purchases.map((purchase) => [
      dateOf(purchase),
      display(purchase.credits - purchase.bonus),
      display(purchase.credits),
      purchase.status.replaceAll('_', ' '),
    ])
    print(...table(COLUMNS, rows), '', `  Total purchased: ${display(paid)}`)
  }
}

const COLUMNS = [
  { title: 'Date', width: 13 },
  { title: 'Amount', width: 12 },
  { title: 'Credits', width: 12 },
  { title: 'Status', width: 0 },
]

async function showStatus(
  { app, print, printJson }: Terminal,
  checkoutId: string,
  { account, json }: Json,
): Promise<void> {
  const { id } = (await callerFor(app, account)).account
  const purchase = await app.billing.peek(id, checkoutId)
  // This process ends with the command, so a page that it would show ends with it.
  const hasPage = !(await app.billing.showsOwnPages())
  if (json) return printJson(showPurchase(hasPage ? purchase : { ...purchase, url: null }))
  const { cents, credits, bonus, status, url, expires_at } = purchase
  print(
    `  Status:  ${status.replaceAll('_', ' ')}`,
    `  Amount:  ${display(credits - bonus)}`,
    `  Credits: ${display(credits)}`,
  )
  if (status !== 'pending') return
  print(
    hasPage ? `  Link:    ${url}` : `  To pay:  ${payCommand(cents)}`,
    `  Until:   ${iso(expires_at)}`,
  )
}

async function showInvoices(
  { app, print, printJson }: Terminal,
  { account, json, limit }: Json & { limit: number },
): Promise<void> {
  const { id } = (await callerFor(app, account)).account
  await app.billing.refresh(id)
  const purchases = await app.db.read(() => listPurchases(id, { limit, paid: true }))
  if (json) return printJson({ invoices: purchases.map(toJson) })
  if (purchases.length === 0) return print('  No invoices yet.')
  const rows = purchases.map((purchase) => [
    dateOf(purchase),
    display(purchase.credits - purchase.bonus),
    purchase.status.replaceAll('_', ' '),
    purchase.receipt_url ?? 'no receipt: test money',
  ])
  print(...table(INVOICE_COLUMNS, rows))
}

const INVOICE_COLUMNS = [
  { title: 'Date', width: 13 },
  { title: 'Amount', width: 12 },
  { title: 'Status', width: 20 },
  { title: 'Receipt', width: 0 },
]

function toJson(purchase: PurchaseTable) {
  const { id, checkout_id, status, credits, bonus, created_at, receipt_url } = purchase
  return {
    id,
    checkoutId: checkout_id,
    status,
    amount: money(credits - bonus),
    credits: money(credits),
    receiptUrl: receipt_url,
    createdAt: iso(created_at),
  }
}

function dateOf({ created_at }: PurchaseTable): string {
  return dayOf(created_at)
}
