import { AppError } from '../errors.ts'
import { display, micro, parseUsd, type Micro } from '../money.ts'

/** Smallest and largest purchase, in US cents. */
export const PURCHASE_MIN = 500
export const PURCHASE_MAX = 1_000_000
/** From this amount on, in US cents, a purchase brings a bonus of one tenth. */
const BONUS_FROM = 5_000

const MICRO_PER_CENT = 10_000

/** What a purchase costs and brings: cents to be paid, and micro-dollars of credits with the bonus among them. */
export type Offer = { cents: number; amount: Micro; bonus: Micro; credits: Micro }

/** What an amount of US cents buys. Throws `invalid_input` below the minimum, above the maximum and for parts of a cent. */
export function offerFor(cents: number): Offer {
  if (!Number.isSafeInteger(cents)) throw badAmount('The amount must be whole cents.')
  if (cents < PURCHASE_MIN) throw badAmount(`Minimum purchase is $${PURCHASE_MIN / 100}.`)
  if (cents > PURCHASE_MAX)
    throw badAmount(`Maximum purchase is ${display(PURCHASE_MAX * MICRO_PER_CENT)}.`)
  const amount = micro(cents * MICRO_PER_CENT)
  const bonus = micro(cents >= BONUS_FROM ? amount / 10 : 0)
  return { cents, amount, bonus, credits: micro(amount + bonus) }
}

/** US dollars as cents, exactly: 19.99 is 1999 whatever its float says, and 19.999 is no whole cents (NaN). */
export function centsOf(usd: number): number {
  const cents = Math.round(usd * 100)
  return cents / 100 === usd ? cents : Number.NaN
}

/** A typed amount of US dollars as cents; NaN where it is no plain decimal of whole cents. */
export function centsOfText(usd: string): number {
  const cents = (parseUsd(usd) ?? Number.NaN) / MICRO_PER_CENT
  return Number.isSafeInteger(cents) ? cents : Number.NaN
}

/**
 * The part of a purchase's credits, bonus included, that goes back with a part of its payment: rounded up
 * to a micro, so that a full return takes all of it. Both amounts of money are US cents.
 */
export function creditsReturned(
  { credits, cents }: { credits: number; cents: number },
  returned: number,
): Micro {
  const part = BigInt(Math.min(returned, cents))
  const whole = BigInt(cents)
  return micro(Number((BigInt(credits) * part + whole - 1n) / whole))
}

function badAmount(message: string): AppError {
  return new AppError('invalid_input', message, {
    hint: `Choose from $${PURCHASE_MIN / 100} to ${display(PURCHASE_MAX * MICRO_PER_CENT)} in whole cents; ${display(BONUS_FROM * MICRO_PER_CENT)} and more bring 10 % more credits.`,
  })
}
