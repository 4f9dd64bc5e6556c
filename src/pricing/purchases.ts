import { AppError } from '../errors.ts'
import { displayCents, micro, MICRO_PER_CENT, parseUsd, type Micro } from '../money.ts'

/** Smallest and largest purchase, in US cents. */
export const PURCHASE_MIN = 500
export const PURCHASE_MAX = 1_000_000
/** From this amount on, in US cents, a purchase brings a bonus of so many percent. */
export const BONUS_FROM = 5_000
export const BONUS_PERCENT = 10
/** Amounts that people are offered, in US cents, and the one that stands for the others. */
export const PURCHASE_OFFERS = [1_000, 2_500, 5_000, 10_000] as const
export const PURCHASE_USUAL = PURCHASE_OFFERS[1]

/** What a purchase costs and brings: cents to be paid, and micro-dollars of credits with the bonus among them. */
export type CreditPurchase = { cents: number; amount: Micro; bonus: Micro; credits: Micro }

/** What an amount of US cents buys. Throws `invalid_input` below the minimum, above the maximum and for parts of a cent. */
export function creditsFor(cents: number): CreditPurchase {
  if (!Number.isSafeInteger(cents)) throw badAmount('The amount must be whole cents.')
  if (cents < PURCHASE_MIN) throw badAmount(`Minimum purchase is ${displayCents(PURCHASE_MIN)}.`)
  if (cents > PURCHASE_MAX) throw badAmount(`Maximum purchase is ${displayCents(PURCHASE_MAX)}.`)
  const amount = micro(cents * MICRO_PER_CENT)
  const bonus = micro(cents >= BONUS_FROM ? (amount * BONUS_PERCENT) / 100 : 0)
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
    hint: `Choose from ${displayCents(PURCHASE_MIN)} to ${displayCents(PURCHASE_MAX)} in whole cents; ${displayCents(BONUS_FROM)} and more bring ${BONUS_PERCENT} % more credits.`,
  })
}
