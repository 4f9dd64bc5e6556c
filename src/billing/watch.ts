import { AppError } from '../errors.ts'
import { DAY_MS } from '../ledger/rules.ts'
import type { BillingDeps } from './deps.ts'
import { refreshPurchase } from './open.ts'
import { anyPending, claimDue, claimUnreconciled, giveUp } from './queries.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'

/** Time between two rounds, in milliseconds. */
const ROUND_MS = 5_000
/** Most purchases polled in one round. */
const POLLS_MAX = 20
/** Refunds and disputes of a paid purchase are compared daily for this many days, because disputes come late. */
const SWEEP_DAYS = 120
const SWEEPS_MAX = 10

/** Polls the pending purchases that are due. Returns whether any purchase is still pending. */
export async function pollDue(deps: BillingDeps): Promise<boolean> {
  for (const purchase of await deps.db.write(() => claimDue(deps.now(), POLLS_MAX))) {
    await pollPurchase(deps, purchase)
  }
  return await deps.db.read(anyPending)
}

/** Refreshes one pending purchase. A failed poll is logged and repeated later. */
export async function pollPurchase(deps: BillingDeps, purchase: PurchaseTable): Promise<void> {
  try {
    const { status, expires_at, id } = await refreshPurchase(deps, purchase)
    // The service does not know the session: the key was changed to another account or service.
    if (status === 'pending' && expires_at + DAY_MS < deps.now())
      await deps.db.write(() => giveUp({ id, status: 'expired', problem: null }))
  } catch (error) {
    deps.log.warn('purchase.unsettled', { id: purchase.id, error })
    // It never had a session, and it is too late to open one.
    const refused = error instanceof AppError && error.code === 'upstream_rejected'
    if (refused && purchase.checkout_id === null && purchase.expires_at < deps.now())
      await deps.db.write(() => giveUp({ id: purchase.id, status: 'failed', problem: null }))
  }
}

/** Compares the paid purchases that were not compared for a day. This works without any event. */
export async function sweep(
  deps: BillingDeps,
  reconcile: (paymentIntent: string) => Promise<void>,
): Promise<void> {
  const now = deps.now()
  const window = { now, before: now - DAY_MS, since: now - SWEEP_DAYS * DAY_MS }
  for (const { id, payment_intent } of await deps.db.write(() =>
    claimUnreconciled(window, SWEEPS_MAX),
  )) {
    try {
      if (payment_intent !== null) await reconcile(payment_intent)
    } catch (error) {
      deps.log.warn('purchase.unswept', { id, error })
    }
  }
}

export type Timer = { start(forever: boolean): void; stop(): void }

/** Runs rounds in the background: forever if asked to, else while `round` returns true. It does not keep the process alive. */
export function createTimer(
  round: () => Promise<boolean>,
  onError: (error: unknown) => void,
): Timer {
  let timer: NodeJS.Timeout | undefined
  let isForever = false
  let busy = false
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  const run = async (): Promise<void> => {
    if (busy) return
    busy = true
    try {
      if (!(await round()) && !isForever) stop()
    } catch (error) {
      onError(error)
    } finally {
      busy = false
    }
  }
  return {
    start: (forever) => {
      isForever ||= forever
      if (timer !== undefined) return
      timer = setInterval(() => void run(), ROUND_MS)
      timer.unref()
    },
    stop,
  }
}
