import { AppError } from '../errors.ts'
import { available } from '../ledger/refusal.ts'
import { display, displayBalance, displayCents, MICRO_PER_CENT } from '../money.ts'
import {
  BONUS_FROM,
  BONUS_PERCENT,
  centsOfText,
  PURCHASE_MIN,
  PURCHASE_USUAL,
} from '../pricing/purchases.ts'
import { openBrowser } from './browser.ts'
import { callerFor } from './caller.ts'
import { printNotices } from './notices.ts'
import { interrupted, payCommand, PAYMENT_WAIT_MS } from './payment-page.ts'
import type { Terminal } from './terminal.ts'

const USAGE = [
  `  Minimum: ${displayCents(PURCHASE_MIN)}`,
  `  Bonus:   ${BONUS_PERCENT}% extra credits on ${displayCents(BONUS_FROM)}+`,
  '',
  '  Usage:   inkwell billing buy --amount <usd>',
  `  Example: inkwell billing buy --amount ${PURCHASE_USUAL / 100}`,
]

/** `inkwell billing buy`. A person pays on the page; the command only waits and reports the result. */
export async function buy(terminal: Terminal, options: BuyOptions): Promise<void> {
  const { amount, wait, account } = options
  if (amount === undefined) terminal.print(...USAGE)
  const isPaid = amount !== undefined && (await buyAmount(terminal, { amount, wait, account }))
  if (!isPaid) await printNotices(terminal, { account })
}

/** The options of the command. */
export type BuyOptions = { amount?: string; wait: boolean; account?: string | undefined }

/** Returns whether the payment arrived while the command waited for it. */
async function buyAmount(
  { app, print, stage, fail }: Terminal,
  { amount, wait, account }: BuyOptions & { amount: string },
): Promise<boolean> {
  const caller = await callerFor(app, account)
  const accountId = caller.account.id
  await app.ready(caller)
  const cents = centsOfText(amount)
  const { checkout_id, url, credits } = await app.billing.open({ accountId, cents })
  if (checkout_id === null || url === null) throw noPage()
  const kind = app.mode === 'test' ? 'test credits (test money: no card is charged)' : 'credits'
  const later = `  Ask later: inkwell billing status ${checkout_id}`
  print(`  ${display(cents * MICRO_PER_CENT)} for ${display(credits)} of ${kind}`, '')
  if (!wait && (await app.billing.showsOwnPages())) {
    print(`  To pay: ${payCommand(cents)}`, later)
    return false
  }
  print(
    process.stdout.isTTY ? '  Open this page to pay:' : '  Send this to your human:',
    `  ${url}`,
    '',
  )
  if (!wait) {
    print(later)
    return false
  }
  if (process.stdout.isTTY) openBrowser(url)
  print('  Waiting for the payment…')
  stage('waiting for the payment')
  const { purchase, cancelled } = await app.billing.wait(accountId, checkout_id, {
    signal: interrupted(),
    timeoutMs: PAYMENT_WAIT_MS,
  })
  if (purchase.status === 'completed') {
    const balance = await app.db.read(() => available(accountId))
    print(`  Payment successful! New balance: ${displayBalance(balance)}`)
    return true
  }
  fail()
  if (cancelled) print('  Payment was cancelled. No charges were made.')
  else if (purchase.status !== 'pending')
    print(`  Payment ${purchase.status}. No credits were added.`)
  else print(`  Not paid yet. Ask later: inkwell billing status ${checkout_id}`)
  return false
}

function noPage(): AppError {
  return new AppError(
    'upstream_unavailable',
    'The payment service gave no page for this purchase.',
    {
      hint: 'Try again in a moment.',
    },
  )
}
