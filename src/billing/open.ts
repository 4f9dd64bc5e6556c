import { firstOrThrow, type TransactionBody } from '../db/db.ts'
import { AppError, type Hints } from '../errors.ts'
import { newId } from '../ids.ts'
import { dayOf } from '../ledger/rules.ts'
import { findAccount } from '../ledger/queries/account.ts'
import { stopOf } from '../ledger/refusal.ts'
import { findPurchase } from './queries.ts'
import { display } from '../money.ts'
import { creditsFor } from '../pricing/purchases.ts'
import type { BillingDeps } from './deps.ts'
import {
  attachCheckout,
  findByRequest,
  findPending,
  insertPurchase,
  type NewPurchase,
} from './queries.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'
import type { CheckoutRequest } from './service.ts'
import { fulfillCheckout } from './fulfill.ts'

/** How long a payment page can be used, in milliseconds. Stripe allows 30 minutes to 24 hours. */
const LIFE_MS = 23 * 3_600_000
/** A page that expires sooner than this is not offered again, in milliseconds. */
const LEFT_MIN_MS = 10 * 60_000
/** Most purchases of one account that may be open at once, and that may be started on one UTC day. */
const OPEN_MAX = 3
const DAY_MAX = 20

export type PurchaseRequest = {
  accountId: string
  cents: number
  /** The same key returns the same purchase. Without a key, an open purchase of the same amount is returned again. */
  requestKey?: string | undefined
}

/**
 * Opens a purchase, or returns the open one that the request repeats. The row is written first and the
 * service is called with its id, so a retry after a failure gets the same session. Throws
 * `invalid_input` for the amount, `rate_limited` above a cap, `idempotency_conflict`, `forbidden` for an
 * account that is suspended or closed, and the errors of the service.
 */
export async function openPurchase(
  deps: BillingDeps,
  request: PurchaseRequest,
): Promise<PurchaseTable> {
  const offer = creditsFor(request.cents)
  await deps.service() // throws before anything is written if there is no service
  await assertNotStopped(deps, request.accountId)
  const known = await findRepeated(deps, request)
  if (known !== null) return known
  const at = deps.now()
  const row: NewPurchase = {
    id: newId('pur', at),
    account_id: request.accountId,
    request_key: request.requestKey ?? null,
    cents: offer.cents,
    credits: offer.credits,
    bonus: offer.bonus,
    return_url: `${await deps.address()}/billing/return`,
    created_at: at,
    expires_at: at + LIFE_MS,
    poll_at: at + 10_000, // leaves time to open the session
  }
  const since = Date.parse(dayOf(at))
  const caps = { now: at, since, open_max: OPEN_MAX, day_max: DAY_MAX }
  const inserted = await deps.db.write(() => insertPurchase({ ...row, ...caps }))
  if (inserted.length > 0) return await openCheckout(deps, row.id)
  await assertNotStopped(deps, request.accountId)
  // A concurrent request with this key won, or a cap is reached.
  return (await findRepeated(deps, request)) ?? (await refuse(deps, request.accountId))
}

/** Opens the checkout session of a purchase at the payment service. Repeated calls get the same session. */
async function openCheckout(deps: BillingDeps, id: string): Promise<PurchaseTable> {
  const install = await deps.install()
  const order = await deps.db.read(() => checkoutRequest(id, install))
  const checkout = await (await deps.service()).open(order)
  const { id: checkout_id, url } = checkout
  return firstOrThrow(await deps.db.write(() => attachCheckout({ id, checkout_id, url })))
}

function* checkoutRequest(purchaseId: string, install: string): TransactionBody<CheckoutRequest> {
  const { id, account_id, cents, credits, expires_at, return_url } = firstOrThrow(
    yield* findPurchase({ id: purchaseId }),
  )
  const [account] = yield* findAccount({ id: account_id })
  const title = `Inkwell: ${display(credits)} of credits for ${account?.name ?? account_id}`
  return { id, account_id, cents, expires_at, return_url, title, install }
}

async function findRepeated(
  deps: BillingDeps,
  request: PurchaseRequest,
): Promise<PurchaseTable | null> {
  const { accountId: account_id, cents, requestKey } = request
  if (requestKey !== undefined) {
    const [found] = await deps.db.read(() => findByRequest({ account_id, request_key: requestKey }))
    if (found === undefined) return null
    if (found.cents !== cents) throw amountConflict()
    return await refreshPurchase(deps, found)
  }
  const pending = await deps.db.read(() => findPending({ account_id }))
  const usable = pending.filter((row) => row.expires_at > deps.now() + LEFT_MIN_MS)
  const same = usable.find((row) => row.cents === cents && row.request_key === null)
  const found = same === undefined ? null : await refreshPurchase(deps, same)
  return found?.status === 'pending' ? found : null
}

/** Refreshes a pending purchase from its session. If it stays pending, its payment page is usable. */
export async function refreshPurchase(
  deps: BillingDeps,
  row: PurchaseTable,
): Promise<PurchaseTable> {
  if (row.status !== 'pending') return row
  const { showsOwnPages } = await deps.service()
  const shown = row.checkout_id !== null && !showsOwnPages
  const { checkout_id } = shown ? row : await openCheckout(deps, row.id)
  return (await fulfillCheckout(deps, checkout_id ?? '')) ?? row
}

/** Throws `forbidden` for an account that is suspended or closed. */
async function assertNotStopped({ db }: BillingDeps, id: string): Promise<void> {
  const [account] = await db.read(() => findAccount({ id }))
  const stopped = account === undefined ? null : stopOf(account)
  if (stopped !== null) throw stopped
}

async function refuse({ db, now }: BillingDeps, accountId: string): Promise<never> {
  const pending = await db.read(() => findPending({ account_id: accountId }))
  const open = pending.filter(({ expires_at }) => expires_at > now())
  const message = `${OPEN_MAX} purchases of this account may be open at once, and ${DAY_MAX} begun on one day.`
  throw new AppError('rate_limited', message, {
    ...(open.length < OPEN_MAX ? { hint: 'Try again after 00:00 UTC.' } : hintsToPay(open)),
  })
}

function hintsToPay(purchases: readonly PurchaseTable[]): Hints {
  const ids = purchases.map(({ checkout_id }) => checkout_id).filter((id) => id !== null)
  const repeatable = purchases.find(({ request_key }) => request_key === null)
  return {
    hint:
      ids.length === 0
        ? 'Ask again for the amount of one that is open, and pay that.'
        : `Pay one that is open (${ids.join(', ')}), or wait until one has run out.`,
    toolHint: 'buyCredits with its checkoutId gives the link.',
    ...(repeatable !== undefined && {
      localHint: `\`inkwell billing buy --amount ${repeatable.cents / 100}\` shows its page again.`,
    }),
  }
}

function amountConflict(): AppError {
  return new AppError(
    'idempotency_conflict',
    'This Idempotency-Key was used with another amount.',
    {
      hint: 'Repeat the amount to get the same purchase, or use another key for another one.',
    },
  )
}
