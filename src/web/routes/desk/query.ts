import { AppError } from '../../../errors.ts'
import { truncate } from '../../../text.ts'
import { ORDERS, type AccountsAsked } from '../../../usage/desk/accounts.ts'
import type { PageContext } from '../env.ts'

/** Longest text to search for, and longest cursor, in characters. */
const WORDS_MAX = 100
const CURSOR_MAX = 1_000

/** Reads which accounts the address of the overview asks for. Throws `invalid_input` with the name of the parameter. */
export function readAccountsAsked({ req }: PageContext): AccountsAsked {
  const given = req.query('order') ?? ORDERS[0]
  const order = ORDERS.find((each) => each === given)
  if (order === undefined)
    throw new AppError('invalid_input', `order must be one of ${ORDERS.join(', ')}.`, {
      hint: 'Choose one from the list.',
    })
  const words = truncate(req.query('q')?.trim() ?? '', WORDS_MAX)
  const isRanked = order === 'spent' || order === 'balance'
  // A ranking is of all accounts, so a search is listed by name.
  return {
    order: words !== '' && isRanked ? 'name' : order,
    words,
    after: cursorOf(req.query('after')),
  }
}

/** Returns a cursor of the address; undefined if there is none. */
export function cursorOf(text: string | undefined): string | undefined {
  return text?.slice(0, CURSOR_MAX) || undefined
}
