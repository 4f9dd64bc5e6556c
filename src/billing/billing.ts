import { atMost } from '../at-most.ts'
import { installId } from '../ledger/metadata.ts'
import { memoizeAsync } from '../once.ts'
import { coalesceByKey } from './coalesce.ts'
import type { BillingDeps } from './deps.ts'
import { readEvents, retryDeadLetters, type Dispatch } from './events.ts'
import { purchasesOf } from './one-purchase.ts'
import { openPurchase, type PurchaseRequest } from './open.ts'
import { anyPurchase, findByCheckout, findPending } from './queries.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'
import { fulfillCheckout } from './fulfill.ts'
import { reconcileRefunds } from './reconcile.ts'
import { waitUntilDecided, type Until, type Waited } from './wait.ts'
import { createTimer, pollDue, pollPurchase, sweep } from './watch.ts'

/** Pause between two polls of a purchase that a caller waits for, in milliseconds. */
const WAIT_POLL_MS = { stripe: 2_000, test: 250 }
/** Longest time that reading the balance waits for the payment service, in milliseconds. */
const REFRESH_MS = 4_000

/** Purchases, for all interfaces. Every change of a payment goes through `fulfillCheckout` and `reconcileRefunds`. */
export type Billing = {
  /** Whether a payment service is configured. Without one, purchases are not possible. */
  configured(): boolean
  /** Opens a purchase and its payment page. */
  open(request: PurchaseRequest): Promise<PurchaseTable>
  /** Returns a purchase of an account after refreshing it. Throws `not_found`. */
  getPurchase(accountId: string, checkoutId: string): Promise<PurchaseTable>
  /** Returns a purchase as `getPurchase` does, without moving its page to this process. */
  peek(accountId: string, checkoutId: string): Promise<PurchaseTable>
  /** Ends a pending purchase, so that its page cannot be paid any more. Returns it. A paid one stays paid. */
  cancel(accountId: string, checkoutId: string): Promise<PurchaseTable>
  /** Whether payment pages end with the process that shows them: the test checkout. */
  showsOwnPages(): Promise<boolean>
  /** Waits until the purchase is no longer pending, the payer cancels, or the time is up. */
  wait(accountId: string, checkoutId: string, until: Until): Promise<Waited>
  /** Refreshes the purchases of an account before its balance is read. Never throws. Takes 4 s at most. */
  refresh(accountId: string): Promise<void>
  /** Handles a webhook delivery. Throws `invalid_input` for a bad signature. Throws also when the service must deliver it again. */
  receive(body: string, signature: string): Promise<void>
  /** Settles a purchase when the payer returns from the payment page. Returns null for an unknown session. */
  returnFromCheckout(checkoutId: string): Promise<PurchaseTable | null>
  /** Ends the waiting for a purchase because the payer left the payment page. It can still be paid. */
  markCancelled(purchaseId: string): void
  /** Runs one round of the background work. */
  work(): Promise<void>
  /** Starts the background work, which goes on until `close`. */
  watch(): void
  close(): void
}

/** Creates the billing service. It opens and loads nothing until the first call. */
export function createBilling(options: Omit<BillingDeps, 'install'>): Billing {
  const installs = memoizeAsync<string>()
  const install = (): Promise<string> => installs('', () => options.db.write(installId))
  const deps: BillingDeps = { ...options, install }
  const { db, log } = deps
  const fulfillOnce = coalesceByKey((checkoutId) => fulfillCheckout(deps, checkoutId))
  const reconcileOnce = coalesceByKey((paymentIntent) => reconcileRefunds(deps, paymentIntent))
  const seen = new Set<string>()
  const cancelled = new Set<string>()
  const dispatch: Dispatch = async ({ checkoutId, paymentIntent }) => {
    if (checkoutId !== null) await fulfillOnce(checkoutId)
    if (paymentIntent !== null) await reconcileOnce(paymentIntent)
  }
  const processEvents = async (): Promise<void> => {
    await readEvents(deps, dispatch, seen)
    await retryDeadLetters(deps, dispatch)
  }
  const work = async (): Promise<boolean> => {
    const isPending = await pollDue(deps)
    await processEvents()
    await sweep(deps, reconcileOnce)
    return isPending
  }
  const timer = createTimer(work, (error) => log.warn('billing.round', { error }))
  const { getPurchase, peek, cancel } = purchasesOf(deps, fulfillOnce)
  const refresh = async (accountId: string): Promise<void> => {
    if ((await db.read(() => anyPurchase({}))).length === 0) return // the usual case: no further queries
    const pending = await db.read(() => findPending({ account_id: accountId }))
    for (const purchase of pending) await pollPurchase(deps, purchase)
    await processEvents()
  }

  return {
    configured: () => deps.configured(),
    open: async (request) => {
      const purchase = await openPurchase(deps, request)
      timer.start(false) // polls the purchase while this process runs
      return purchase
    },
    getPurchase,
    peek,
    cancel,
    showsOwnPages: async () => (await deps.service()).showsOwnPages,
    wait: async (accountId, checkoutId, until) => {
      const pauseMs = WAIT_POLL_MS[(await deps.service()).name]
      const poll = () => getPurchase(accountId, checkoutId)
      return await waitUntilDecided(poll, { ...until, pauseMs, cancelled })
    },
    refresh: async (accountId) => {
      if (!deps.configured()) return
      const warn = (error: unknown): void => log.warn('billing.refresh', { error })
      await atMost(refresh(accountId).catch(warn), REFRESH_MS)
    },
    receive: async (body, signature) => {
      const event = await (await deps.service()).receive(body, signature)
      if (event !== null && event.live === (deps.mode === 'live')) await dispatch(event)
    },
    returnFromCheckout: async (checkoutId) => {
      // Anyone can send this request, so the service is asked only about pending purchases.
      const [purchase] = await db.read(() => findByCheckout({ checkout_id: checkoutId }))
      return purchase?.status === 'pending' ? await fulfillOnce(checkoutId) : (purchase ?? null)
    },
    markCancelled: (purchaseId) => void cancelled.add(purchaseId),
    work: async () => void (await work()),
    watch: () => {
      if (deps.configured()) timer.start(true)
    },
    close: () => timer.stop(),
  }
}
