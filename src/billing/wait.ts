import { setTimeout as sleep } from 'node:timers/promises'
import type { PurchaseTable } from './schema.ts'

/** How long somebody waits for a payment, in milliseconds, and how it is given up. */
export type Until = { signal: AbortSignal; timeoutMs: number }

/** Looks at a purchase every `pauseMs` until it is paid or given up. Answers it as it was seen last. */
export async function waitUntilDecided(
  look: () => Promise<PurchaseTable>,
  { signal, timeoutMs, pauseMs }: Until & { pauseMs: number },
): Promise<PurchaseTable> {
  const giveUpAt = performance.now() + timeoutMs
  for (;;) {
    const purchase = await look()
    const ended = purchase.status !== 'pending' || signal.aborted
    if (ended || performance.now() + pauseMs > giveUpAt) return purchase
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
