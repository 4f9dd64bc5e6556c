import { setTimeout as sleep } from 'node:timers/promises'
import type { PurchaseTable } from '../db/schema/billing.ts'

/** How long a caller waits for a payment, in milliseconds, and the signal that ends the wait. */
export type Until = { signal: AbortSignal; timeoutMs: number }

/** The purchase after the wait, and whether the payer left the payment page meanwhile. */
export type Waited = { purchase: PurchaseTable; cancelled: boolean }

/** Polls a purchase every `pauseMs` milliseconds until it is decided or cancelled, or the wait ends. */
export async function waitUntilDecided(
  poll: () => Promise<PurchaseTable>,
  { signal, timeoutMs, pauseMs, ...marked }: Until & { pauseMs: number; cancelled: Set<string> },
): Promise<Waited> {
  const giveUpAt = performance.now() + timeoutMs
  for (;;) {
    const purchase = await poll()
    const cancelled = marked.cancelled.delete(purchase.id)
    const ended = purchase.status !== 'pending' || cancelled || signal.aborted
    if (ended || performance.now() + pauseMs > giveUpAt) return { purchase, cancelled }
    await sleep(pauseMs, undefined, { signal }).catch(() => {}) // after an abort the loop returns the current state
  }
}
