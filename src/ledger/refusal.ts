import type { TransactionBody } from '../db/db.ts'
import type { AccountTable } from '../db/schema/ledger.ts'
import { AppError } from '../errors.ts'
import { display, money } from '../money.ts'
import { asSentence } from '../text.ts'
import { findAccount } from './queries/account.ts'
import { insufficientCredits } from './rules.ts'

/** Returns the credits that an account can spend now, in micro-dollars; 0 if it is not open. */
export function* available(accountId: string): TransactionBody<number> {
  const [account] = yield* findAccount({ id: accountId })
  return account?.available ?? 0
}

/** Returns why an account does not take a hold of this price, in micro-dollars. */
export function* accountRefusal(accountId: string, price: number): TransactionBody<AppError> {
  const [account] = yield* findAccount({ id: accountId })
  const stopped = account === undefined ? null : stopOf(account)
  if (stopped !== null) return stopped
  const maxPrice = account?.max_price ?? null
  if (maxPrice !== null && price > maxPrice) return aboveMaxPrice(price, maxPrice)
  return insufficientCredits(price, account?.available ?? 0)
}

/** Returns the error for paid calls and purchases of an account that is suspended or closed; null for any other. */
export function stopOf({
  id,
  suspended_for,
  closed_at,
}: Pick<AccountTable, 'id' | 'suspended_for' | 'closed_at'>): AppError | null {
  if (closed_at !== null)
    return new AppError('forbidden', 'This account is closed.', {
      hint: 'Its history can be read. Ask the operator of this server for another one.',
    })
  if (suspended_for === null) return null
  return new AppError('forbidden', `This account is suspended: ${asSentence(suspended_for)}`, {
    hint: 'Paid calls and purchases are refused until the operator of this server resumes it.',
    localHint: `\`inkwell accounts resume ${id}\` does.`,
  })
}

function aboveMaxPrice(price: number, maxPrice: number): AppError {
  const message = `This costs ${display(price)}, above the ${display(maxPrice)} that one call of this account may cost.`
  return new AppError('max_cost_exceeded', message, {
    hint: 'Choose a cheaper model or fewer outputs; only the operator of this server can raise this.',
    facts: { required: money(price), limit: money(maxPrice), scope: 'account' },
  })
}
