import { AppError } from '../errors.ts'
import { installId } from '../ledger/info.ts'
import { onceEach } from '../once.ts'
import { coalesced } from './coalesce.ts'
import type { BillingDeps } from './deps.ts'
import { readEvents, retryParked, type Dispatch } from './events.ts'
import { fresh, open, type Wanted } from './open.ts'
import { anyPurchase, findByCheckout, findPending } from './rows.ts'
import type { PurchaseTable } from './schema.ts'
import { settle } from './settle.ts'
import { sync } from './sync.ts'
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
  /** A purchase of an account as it stands now. Throws `not_found`. */
  look(accountId: string, checkoutId: string): Promise<PurchaseTable>
  /** The same, once it is no longer pending, somebody turned away from its page or the time is up. */
  wait(accountId: string, checkoutId: string, until: Until): Promise<Waited>
  /** Brings the purchases of an account up to date before its balance is read. Never throws, and takes 4 s at most. */
  refresh(accountId: string): Promise<void>
  /** Takes a delivery of the payment service. Throws `invalid_input` for a bad signature, and where it must come again. */
  receive(body: string, signature: string): Promise<void>
  /** Somebody came back from a payment page. Null where the session is none of ours. */
  returned(checkoutId: string): Promise<PurchaseTable | null>
  /** Somebody came back from the page of this purchase without paying. It can still be paid. */
  turnedAway(purchaseId: string): void
  /** One round of what the timer does. */
  work(): Promise<void>
  /** Works in the background until it is closed. */
  watch(): void
  close(): void
}

/** Puts the parts of buying together. Nothing is opened or loaded yet. */
export function createBilling(options: Omit<BillingDeps, 'install'>): Billing {
  const installs = onceEach<string>()
  const install = (): Promise<string> => installs('', () => options.db.write(installId))
  const deps: BillingDeps = { ...options, install }
  const { db, log } = deps
  const settleOnce = coalesced((checkoutId) => settle(deps, checkoutId))
  const syncOnce = coalesced((paymentIntent) => sync(deps, paymentIntent))
  const seen = new Set<string>()
  const away = new Set<string>()
  const dispatch: Dispatch = async ({ checkoutId, paymentIntent }) => {
    if (checkoutId !== null) await settleOnce(checkoutId)
    if (paymentIntent !== null) await syncOnce(paymentIntent)
  }
  const hear = async (): Promise<void> => {
    await readEvents(deps, dispatch, seen)
    await retryParked(deps, dispatch)
  }
  const work = async (): Promise<boolean> => {
    const isPending = await pollDue(deps)
    await hear()
    await sweep(deps, syncOnce)
    return isPending
  }
  const timer = createTimer(work, (error) => log.warn('billing.round', { error }))
  const look = async (accountId: string, checkoutId: string): Promise<PurchaseTable> => {
    const [purchase] = await db.read(() => findByCheckout({ checkout_id: checkoutId }))
    if (purchase?.account_id !== accountId) throw unknownCheckout()
    return await fresh(deps, purchase)
  }
  const refresh = async (accountId: string): Promise<void> => {
    if (!(await db.read(anyPurchase))) return // most readings: nothing more is asked
    const pending = await db.read(() => findPending({ account_id: accountId }))
    for (const purchase of pending) await pollPurchase(deps, purchase)
    await hear()
  }

  return {
    configured: () => deps.configured(),
    open: async (wanted) => {
      const purchase = await open(deps, wanted)
      timer.start(false) // it settles by itself for as long as this process runs
      return purchase
    },
    look,
    wait: async (accountId, checkoutId, until) => {
      const pauseMs = WAIT_POLL_MS[(await deps.service()).name]
      return await waitUntilDecided(() => look(accountId, checkoutId), { ...until, pauseMs, away })
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
    returned: async (checkoutId) => {
      // Anybody may ask: only for a purchase that is open the service is asked in turn.
      const [purchase] = await db.read(() => findByCheckout({ checkout_id: checkoutId }))
      return purchase?.status === 'pending' ? await settleOnce(checkoutId) : (purchase ?? null)
    },
    turnedAway: (purchaseId) => void away.add(purchaseId),
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
