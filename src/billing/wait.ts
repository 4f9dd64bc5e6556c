import { setTimeout as sleep } from 'node:timers/promises'
import type { PurchaseTable } from '../db/schema/billing.ts'

/** How long somebody waits for a payment, in milliseconds, and how it is given up. */
export type Until = { signal: AbortSignal; timeoutMs: number }

/** A purchase as it was seen last, and whether somebody turned away from its page meanwhile. */
export type Waited = { purchase: PurchaseTable; turnedAway: boolean }

/** Looks at a purchase every `pauseMs` until it is paid, given up or turned away from. */
export async function waitUntilDecided(
  look: () => Promise<PurchaseTable>,
  { signal, timeoutMs, pauseMs, away }: Until & { pauseMs: number; away: Set<string> },
): Promise<Waited> {
  const giveUpAt = performance.now() + timeoutMs
  for (;;) {
    const purchase = await look()
    const turnedAway = away.delete(purchase.id)
    const ended = purchase.status !== 'pending' || turnedAway || signal.aborted
    if (ended || performance.now() + pauseMs > giveUpAt) return { purchase, turnedAway }
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
