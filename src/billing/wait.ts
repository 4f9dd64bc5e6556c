import { setTimeout as sleep } from 'node:timers/promises'
import type { PurchaseTable } from '../db/schema/billing.ts'

/** How long somebody waits for a payment, in milliseconds, and how it is given up. */
export type Until = { signal: AbortSignal; timeoutMs: number }

/** The purchase after the wait, and whether its person left the payment page meanwhile. */
export type Waited = { purchase: PurchaseTable; cancelled: boolean }

/** Reads a purchase every `pauseMs` until it is no longer pending, cancelled, or the waiting ends. */
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
    await sleep(pauseMs, undefined, { signal }).catch(() => {}) // whoever gave up is told how it stands
  }
}

/** Waits for work, but not longer than that: it goes on by itself. */
export async function atMost(work: Promise<void>, timeoutMs: number): Promise<void> {
  const cancel = new AbortController()
  const time = sleep(timeoutMs, undefined, { signal: cancel.signal, ref: false }).catch(() => {})
  await Promise.race([work, time])
  cancel.abort()
}
