import type { App } from '../app.ts'
import { available } from '../ledger/refusal.ts'
import { displayBalance } from '../money.ts'
import { commandLineCaller } from './caller.ts'

/** How long a command waits for a payment, in milliseconds. */
export const PAYMENT_WAIT_MS = 15 * 60_000

/** Returns a signal that Ctrl-C aborts. */
export function interrupted(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}

/** Returns how a person gets the payment page of an amount of US cents again, after this process. */
export function payCommand(cents: number): string {
  return `inkwell billing buy --amount ${cents / 100}`
}

/** What a result of `buyCredits` says of its page; undefined for a failed call. */
export type ShownCheckout =
  | { checkout?: { id: string; url: string | null }; amount?: { micro: number } }
  | undefined

/**
 * Shows the payment page of a result of `buyCredits` until the purchase is decided, if this process shows it: the test
 * checkout. Its link would end with the process. Tells so on stderr.
 */
export async function showPaymentPage(app: App, result: ShownCheckout): Promise<void> {
  const { checkout, amount } = result ?? {}
  if (typeof checkout?.url !== 'string' || !(await app.billing.showsOwnPages())) return
  const say = (line: string): void => void process.stderr.write(`  ${line}\n`)
  say(
    `This command shows the page until it is paid or ${PAYMENT_WAIT_MS / 60_000} minutes have passed.`,
  )
  say(`Ctrl-C ends it; ${payCommand((amount?.micro ?? 0) / 10_000)} shows the page again.`)
  const accountId = commandLineCaller(app).account.id
  const { purchase, cancelled } = await app.billing.wait(accountId, checkout.id, {
    signal: interrupted(),
    timeoutMs: PAYMENT_WAIT_MS,
  })
  if (purchase.status === 'completed')
    say(
      `Payment successful! New balance: ${displayBalance(await app.db.read(() => available(accountId)))}`,
    )
  else
    say(cancelled ? 'Payment was cancelled. No charges were made.' : `Payment ${purchase.status}.`)
}
