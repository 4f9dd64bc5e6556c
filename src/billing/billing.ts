import { AppError } from '../errors.ts'
import { installId } from '../ledger/metadata.ts'
import { memoizeAsync } from '../once.ts'
import { coalesceByKey } from './coalesce.ts'
import type { BillingDeps } from './deps.ts'
import { readEvents, retryDeadLetters, type Dispatch } from './events.ts'
import { openPurchase, refreshPurchase, type Wanted } from './open.ts'
import { anyPurchase, findByCheckout, findPending } from './queries.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'
import { fulfillCheckout } from './fulfill.ts'
import { reconcileRefunds } from './reconcile.ts'
import { atMost, waitUntilDecided, type Until, type Waited } from './wait.ts'
import { createTimer, pollDue, pollPurchase, sweep } from './watch.ts'

/** Pause between two questions about a purchase that somebody waits for, in milliseconds. */
const WAIT_POLL_MS = { stripe: 2_000, test: 250 }
/** Longest that a reading of the balance waits for the payment service, in milliseconds. */
const REFRESH_MS = 4_000

/** Purchases, for every face. All that happens to a payment goes through `settle` and `sync`. */
export type Billing = {
  /** Whether there is a payment service: without one nothing can be bought. */
  configured(): boolean
  /** Opens a purchase and its payment page. */
  open(wanted: Wanted): Promise<PurchaseTable>
  /** A purchase of an account, brought up to date. Throws `not_found`. */
  getPurchase(accountId: string, checkoutId: string): Promise<PurchaseTable>
  /** Waits until the purchase is no longer pending, its person cancels or the time is up. */
  wait(accountId: string, checkoutId: string, until: Until): Promise<Waited>
  /** Brings the purchases of an account up to date before its balance is read. Never throws, and takes 4 s at most. */
  refresh(accountId: string): Promise<void>
  /** Takes a delivery of the payment service. Throws `invalid_input` for a bad signature, and where it must come again. */
  receive(body: string, signature: string): Promise<void>
  /** Settles a purchase when its person comes back from the payment page. Null for an unknown session. */
  returnFromCheckout(checkoutId: string): Promise<PurchaseTable | null>
  /** Ends the waiting for a purchase: its person left the payment page. It can still be paid. */
  markCancelled(purchaseId: string): void
  /** One round of what the timer does. */
  work(): Promise<void>
  /** Works in the background until it is closed. */
  watch(): void
  close(): void
}

/** Puts the parts of buying together. Nothing is opened or loaded yet. */
export function createBilling(options: Omit<BillingDeps, 'install'>): Billing {
  const installs = memoizeAsync<string>()
  const install = (): Promise<string> => installs('', () => options.db.write(installId))
  const deps: BillingDeps = { ...options, install }
  const { db, log } = deps
  const settleOnce = coalesceByKey((checkoutId) => fulfillCheckout(deps, checkoutId))
  const syncOnce = coalesceByKey((paymentIntent) => reconcileRefunds(deps, paymentIntent))
  const seen = new Set<string>()
  const cancelled = new Set<string>()
  const dispatch: Dispatch = async ({ checkoutId, paymentIntent }) => {
    if (checkoutId !== null) await settleOnce(checkoutId)
    if (paymentIntent !== null) await syncOnce(paymentIntent)
  }
  const processEvents = async (): Promise<void> => {
    await readEvents(deps, dispatch, seen)
    await retryDeadLetters(deps, dispatch)
  }
  const work = async (): Promise<boolean> => {
    const isPending = await pollDue(deps)
    await processEvents()
    await sweep(deps, syncOnce)
    return isPending
  }
  const timer = createTimer(work, (error) => log.warn('billing.round', { error }))
  const getPurchase = async (accountId: string, checkoutId: string): Promise<PurchaseTable> => {
    const [purchase] = await db.read(() => findByCheckout({ checkout_id: checkoutId }))
    if (purchase?.account_id !== accountId) throw unknownCheckout()
    return await refreshPurchase(deps, purchase)
  }
  const refresh = async (accountId: string): Promise<void> => {
    if (!(await db.read(anyPurchase))) return // most readings: nothing more is asked
    const pending = await db.read(() => findPending({ account_id: accountId }))
    for (const purchase of pending) await pollPurchase(deps, purchase)
    await processEvents()
  }

  return {
    configured: () => deps.configured(),
    open: async (wanted) => {
      const purchase = await openPurchase(deps, wanted)
      timer.start(false) // it settles by itself for as long as this process runs
      return purchase
    },
    getPurchase,
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
      // Everybody can send this request, so the service is only asked about a purchase that is pending.
      const [purchase] = await db.read(() => findByCheckout({ checkout_id: checkoutId }))
      return purchase?.status === 'pending' ? await settleOnce(checkoutId) : (purchase ?? null)
    },
    markCancelled: (purchaseId) => void cancelled.add(purchaseId),
    work: async () => void (await work()),
    watch: () => {
      if (deps.configured()) timer.start(true)
    },
    close: () => timer.stop(),
  }
}

function unknownCheckout(): AppError {
  return new AppError('not_found', 'No purchase of this account has this checkoutId.', {
    hint: 'Use the id that came with its link, or start another purchase.',
    toolHint: 'buyCredits with amountUsd starts one.',
    localHint: '`inkwell billing --json` lists the purchases with their ids.',
  })
}
