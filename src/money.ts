/** A whole number of micro-dollars: 1 USD = 1,000,000. Money is never held in fractions. */
export type Micro = number & { readonly __unit: 'micro-usd' }

/** An amount of money as every output shows it. `micro` is in micro-dollars. */
export type Money = { micro: number; display: string; currency: 'USD' }

export const MICRO_PER_USD = 1_000_000
export const MICRO_PER_CENT = 10_000

/** Brands a whole number as micro-dollars. Throws `RangeError` for a fraction, for NaN and beyond 2^53. */
export function micro(amount: number): Micro {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not a whole micro amount: ${amount}`)
  return (amount === 0 ? 0 : amount) as Micro
}

/** One credit, in micro-dollars. */
export const CREDIT = micro(MICRO_PER_USD)

/**
 * Parses a plain decimal of US dollars (`5`, `0.05`), exactly. Returns null if the text is not a plain
 * non-negative decimal, is finer than a micro-dollar or is beyond 2^53 micro-dollars.
 */
export function parseUsd(text: string): Micro | null {
  const match = /^(\d+)(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null) return null
  const amount = Number(match[1]) * MICRO_PER_USD + Number((match[2] ?? '').padEnd(6, '0'))
  return Number.isSafeInteger(amount) ? micro(amount) : null
}

/** As `parseUsd`, and with a minus sign before it below zero: `-2.00`. */
export function parseSignedUsd(text: string): Micro | null {
  const amount = parseUsd(text.replace(/^-/, ''))
  return amount !== null && text.startsWith('-') ? micro(-amount) : amount
}

/**
 * Multiplies units by the price of one unit in US dollars, both plain decimals. The result is exact, rounded
 * up to a micro-dollar. Returns null if one of them is not a plain decimal.
 */
export function multiplyUsd(units: string, unitPrice: string): Micro | null {
  const [a, b] = [parseDecimal(units), parseDecimal(unitPrice)]
  if (a === null || b === null) return null
  const divisor = 10n ** BigInt(a.decimals + b.decimals)
  const product = a.value * b.value * BigInt(MICRO_PER_USD)
  return micro(Number((product + divisor - 1n) / divisor))
}

function parseDecimal(text: string): { value: bigint; decimals: number } | null {
  const match = /^(\d{1,15})(?:\.(\d{1,20}))?$/.exec(text)
  const fraction = match?.[2] ?? ''
  return match === null
    ? null
    : { value: BigInt(`${match[1]}${fraction}`), decimals: fraction.length }
}

/** Formats micro-dollars exactly, with at least two decimals and no other trailing zeros: `$0.004`, `-$10.00`. */
export function display(amount: number): string {
  const [whole, fraction] = split(amount)
  return `${amount < 0 ? '-' : ''}$${whole}.${fraction.replace(/0{1,4}$/, '')}`
}

/** Returns the money object for an amount of micro-dollars. */
export function money(amount: number): Money {
  return { micro: amount, display: display(amount), currency: 'USD' }
}

/** Formats micro-dollars as a cost on the command line: four decimals, rounded half up: `$0.0030`. */
export function displayCost(amount: number): string {
  const [whole, fraction] = split(Math.round(Math.abs(amount) / 100) * 100)
  return `${amount < 0 ? '-' : ''}$${whole}.${fraction.slice(0, 4)}`
}

/** Formats micro-dollars as a balance on the command line: two decimals, rounded down, so 999,999 is `$0.99`. */
export function displayBalance(amount: number): string {
  const [whole, fraction] = split(Math.floor(amount / 10_000) * 10_000)
  return `${amount < 0 ? '-' : ''}$${whole}.${fraction.slice(0, 2)}`
}

/** Formats US cents; whole dollars have no decimals: `$10,000`. */
export function displayCents(cents: number): string {
  const dollars = String(Math.floor(cents / 100)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
  const rest = cents % 100
  return `$${dollars}${rest === 0 ? '' : `.${String(rest).padStart(2, '0')}`}`
}

/** Converts micro-dollars to a plain number of US dollars, for outputs that promise one (VideoDB's names). Not for arithmetic. */
export function usdNumber(amount: number): number {
  return amount / MICRO_PER_USD
}

function split(amount: number): [string, string] {
  const size = Math.abs(amount)
  return [String(Math.floor(size / MICRO_PER_USD)), String(size % MICRO_PER_USD).padStart(6, '0')]
}
