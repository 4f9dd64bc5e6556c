import type { Account } from '../accounts/accounts.ts'
import { display, money } from '../money.ts'
import type { AccountUse } from '../usage/accounts.ts'
import { moneyOrNull } from '../usage/shapes.ts'
import { modelsOf } from './options.ts'
import { iso, isoOrNull } from '../text.ts'

/** Returns an account as JSON shows it. */
export function shownAccount(account: Account): object {
  const { id, name, state, available, held, debt, models, maxPrice, suspension } = account
  return {
    id,
    name,
    state,
    balance: money(available),
    held: money(held),
    debt: money(debt),
    models,
    maxUsdPerCall: moneyOrNull(maxPrice),
    suspension: suspension === null ? null : { reason: suspension.reason, at: iso(suspension.at) },
    closedAt: isoOrNull(account.closedAt),
    createdAt: iso(account.createdAt),
  }
}

/** Returns an account with its use as JSON shows it. */
export function shownUse(account: AccountUse): object {
  return {
    ...shownAccount(account),
    spentToday: money(account.spentToday),
    spentThisMonth: money(account.spentThisMonth),
    keys: account.liveKeys,
  }
}

/** Returns the state and the terms of an account as lines of text. */
export function accountLines(account: Account): string[] {
  const { state, suspension, maxPrice } = account
  const why = suspension === null ? '' : `: ${suspension.reason}`
  return [
    `  State:   ${state}${why}`,
    `  Models:  ${modelsOf(account)}`,
    `  A call:  ${maxPrice === null ? 'any price' : `at most ${display(maxPrice)}`}`,
  ]
}
