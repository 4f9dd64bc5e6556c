import { AppError } from '../errors.ts'
import { displayCents, micro, MICRO_PER_CENT, parseUsd, type Micro } from '../money.ts'

/** The smallest and the largest purchase, in US cents. */
export const PURCHASE_MIN = 500
export const PURCHASE_MAX = 1_000_000
/** From `BONUS_FROM` US cents on, a purchase includes a bonus of `BONUS_PERCENT` percent. */
export const BONUS_FROM = 5_000
export const BONUS_PERCENT = 10
/** The amounts that are offered, in US cents, and the one that is used as the example and default. */
export const PURCHASE_OFFERS = [1_000, 2_500, 5_000, 10_000] as const
export const PURCHASE_USUAL = PURCHASE_OFFERS[1]

/** A purchase: `cents` are the US cents to pay; the rest are micro-dollars. `credits` is `amount` plus `bonus`. */
export type CreditPurchase = { cents: number; amount: Micro; bonus: Micro; credits: Micro }

/** Returns what an amount of US cents buys. Throws `invalid_input` below the minimum, above the maximum and for parts of a cent. */
export function creditsFor(cents: number): CreditPurchase {
  if (!Number.isSafeInteger(cents)) throw badAmount('The amount must be whole cents.')
  if (cents < PURCHASE_MIN) throw badAmount(`Minimum purchase is ${displayCents(PURCHASE_MIN)}.`)
  if (cents > PURCHASE_MAX) throw badAmount(`Maximum purchase is ${displayCents(PURCHASE_MAX)}.`)
  const amount = micro(cents * MICRO_PER_CENT)
  const bonus = micro(cents >= BONUS_FROM ? (amount * BONUS_PERCENT) / 100 : 0)
  return { cents, amount, bonus, credits: micro(amount + bonus) }
}

/** Converts US dollars to cents exactly: 19.99 is 1999 despite its float, and 19.999 is NaN, as it is not whole cents. */
export function centsOf(usd: number): number {
  const cents = Math.round(usd * 100)
  return cents / 100 === usd ? cents : Number.NaN
}

/** Converts a text of US dollars to cents. Returns NaN if it is not a plain decimal of whole cents. */
export function centsOfText(usd: string): number {
  const cents = (parseUsd(usd) ?? Number.NaN) / MICRO_PER_CENT
  return Number.isSafeInteger(cents) ? cents : Number.NaN
}

/**
 * Returns the credits, bonus included, to take back when `returned` of the `cents` paid are refunded. In
 * micro-dollars, rounded up, so that a full refund takes all of them. `returned` and `cents` are US cents.
 */
export function creditsReturned(
  { credits, cents }: { credits: number; cents: number },
  returned: number,
): Micro {
  const part = BigInt(Math.min(returned, cents))
  const paid = BigInt(cents)
  return micro(Number((BigInt(credits) * part + paid - 1n) / paid))
}

function badAmount(message: string): AppError {
  return new AppError('invalid_input', message, {
    hint: `Choose from ${displayCents(PURCHASE_MIN)} to ${displayCents(PURCHASE_MAX)} in whole cents; ${displayCents(BONUS_FROM)} and more bring ${BONUS_PERCENT} % more credits.`,
  })
}
