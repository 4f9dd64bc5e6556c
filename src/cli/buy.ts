import { AppError } from '../errors.ts'
import { available } from '../ledger/ledger.ts'
import { display, displayBalance, displayCents, MICRO_PER_CENT } from '../money.ts'
import {
  BONUS_FROM,
  BONUS_PERCENT,
  centsOfText,
  PURCHASE_MIN,
  PURCHASE_USUAL,
} from '../pricing/purchases.ts'
import { openBrowser } from './browser.ts'
import { commandLineCaller } from './caller.ts'
import type { Terminal } from './terminal.ts'

/** How long the command waits for the payment, in milliseconds. */
const MAX_WAIT_MS = 15 * 60_000

const USAGE = [
  `  Minimum: ${displayCents(PURCHASE_MIN)}`,
  `  Bonus:   ${BONUS_PERCENT}% extra credits on ${displayCents(BONUS_FROM)}+`,
  '',
  '  Usage:   inkwell billing buy --amount <usd>',
  `  Example: inkwell billing buy --amount ${PURCHASE_USUAL / 100}`,
]

/** `inkwell billing buy`. A person pays on the page; the command only waits and reports the result. */
export async function buy(
  { app, print, stage, fail }: Terminal,
  { amount, wait }: { amount?: string; wait: boolean },
): Promise<void> {
  if (amount === undefined) return print(...USAGE)
  const caller = commandLineCaller(app)
  const accountId = caller.account.id
  await app.ready(caller)
  const cents = centsOfText(amount)
  const { checkout_id, url, credits } = await app.billing.open({ accountId, cents })
  if (checkout_id === null || url === null) throw noPage()
  const kind = app.mode === 'test' ? 'test credits (test money: no card is charged)' : 'credits'
  print(
    `  ${display(cents * MICRO_PER_CENT)} for ${display(credits)} of ${kind}`,
    '',
    '  Send this to your human:',
    `  ${url}`,
    '',
  )
  if (!wait) return print(`  Ask later: inkwell billing status ${checkout_id}`)
  if (process.stdout.isTTY) openBrowser(url)
  print('  Waiting for the payment…')
  stage('waiting for the payment')
  const { purchase, cancelled } = await app.billing.wait(accountId, checkout_id, {
    signal: interrupted(),
    timeoutMs: MAX_WAIT_MS,
  })
  if (purchase.status === 'completed') {
    const balance = await app.db.read(() => available(accountId))
    return print(`  Payment successful! New balance: ${displayBalance(balance)}`)
  }
  fail()
  if (cancelled) return print('  Payment was cancelled. No charges were made.')
  if (purchase.status !== 'pending')
    return print(`  Payment ${purchase.status}. No credits were added.`)
  print(`  Not paid yet. Ask later: inkwell billing status ${checkout_id}`)
}

function interrupted(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
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
