import type { PurchaseTable } from '../db/schema/billing.ts'
import { AppError } from '../errors.ts'
import type { BillingDeps } from './deps.ts'
import { refreshPurchase } from './open.ts'
import { findByCheckout } from './queries.ts'

/** What can be done with a purchase of an account, by the id of its checkout. Each throws `not_found`. */
export type OnePurchase = (accountId: string, checkoutId: string) => Promise<PurchaseTable>

/** Returns how purchases are looked up and cancelled. `fulfill` brings one up to date. */
export function purchasesOf(
  deps: BillingDeps,
  fulfill: (checkoutId: string) => Promise<PurchaseTable | null>,
): { getPurchase: OnePurchase; peek: OnePurchase; cancel: OnePurchase } {
  const find: OnePurchase = async (accountId, checkoutId) => {
    const [purchase] = await deps.db.read(() => findByCheckout({ checkout_id: checkoutId }))
    if (purchase?.account_id !== accountId) throw unknownCheckout()
    return purchase
  }
  const peek: OnePurchase = async (accountId, checkoutId) => {
    const purchase = await find(accountId, checkoutId)
    const settled = purchase.status === 'pending' ? await fulfill(checkoutId) : null
    return settled ?? purchase
  }
  return {
    getPurchase: async (accountId, checkoutId) =>
      await refreshPurchase(deps, await find(accountId, checkoutId)),
    peek,
    cancel: async (accountId, checkoutId) => {
      const { status } = await find(accountId, checkoutId)
      if (status === 'pending') await (await deps.service()).expire(checkoutId)
      return await peek(accountId, checkoutId)
    },
  }
}

function unknownCheckout(): AppError {
  return new AppError('not_found', 'No purchase of this account has this checkoutId.', {
    hint: 'Use the id that came with its link, or start another purchase.',
    toolHint: 'buyCredits with amountUsd starts one.',
    localHint: '`inkwell billing --json` lists the purchases with their ids.',
  })
}
