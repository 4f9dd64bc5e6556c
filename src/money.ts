/** A whole number of micro-dollars: 1 USD = 1,000,000. No float ever holds money. */
export type Micro = number & { readonly __unit: 'micro-usd' }

/** What every face shows for an amount of money. */
export type Money = { micro: number; display: string; currency: 'USD' }

export const MICRO_PER_USD = 1_000_000
export const MICRO_PER_CENT = 10_000

/** Brands a whole number as micro-dollars. Throws `RangeError` on a fraction, on NaN and beyond 2^53. */
export function micro(amount: number): Micro {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not a whole micro amount: ${amount}`)
  return (amount === 0 ? 0 : amount) as Micro
}

/** What one credit is. */
export const CREDIT = micro(MICRO_PER_USD)

/**
 * Reads a plain decimal of US dollars (`5`, `0.05`), exactly. Null where the text is no plain
 * non-negative decimal, is finer than a micro-dollar or does not fit in 2^53 micro-dollars.
 */
export function parseUsd(text: string): Micro | null {
  const match = /^(\d+)(?:\.(\d{1,6}))?$/.exec(text)
  if (match === null) return null
  const amount = Number(match[1]) * MICRO_PER_USD + Number((match[2] ?? '').padEnd(6, '0'))
  return Number.isSafeInteger(amount) ? micro(amount) : null
}

/**
 * Units times a price of one unit in US dollars, both plain decimals, exactly and rounded up to a micro.
 * Null where one of them is no such decimal.
 */
export function multiplyUsd(units: string, unitPrice: string): Micro | null {
  const [a, b] = [scaled(units), scaled(unitPrice)]
  if (a === null || b === null) return null
  const divisor = 10n ** BigInt(a.decimals + b.decimals)
  const product = a.value * b.value * BigInt(MICRO_PER_USD)
  return micro(Number((product + divisor - 1n) / divisor))
}

function scaled(text: string): { value: bigint; decimals: number } | null {
  const match = /^(\d{1,15})(?:\.(\d{1,20}))?$/.exec(text)
  const fraction = match?.[2] ?? ''
  return match === null
    ? null
    : { value: BigInt(`${match[1]}${fraction}`), decimals: fraction.length }
}

/** The exact amount with at least two decimals, further trailing zeros cut: `$0.004`, `-$10.00`. */
export function display(amount: number): string {
  const [whole, fraction] = split(amount)
  return `${amount < 0 ? '-' : ''}$${whole}.${fraction.replace(/0{1,4}$/, '')}`
}

/** The money object of the contract. */
export function money(amount: number): Money {
  return { micro: amount, display: display(amount), currency: 'USD' }
}

/** Command-line costs: four decimals, rounded half up: `$0.0030`. */
export function displayCost(amount: number): string {
  const [whole, fraction] = split(Math.round(Math.abs(amount) / 100) * 100)
  return `${amount < 0 ? '-' : ''}$${whole}.${fraction.slice(0, 4)}`
}

/** Command-line balances: two decimals, rounded down, so 999,999 is `$0.99` and never `$1.00`. */
export function displayBalance(amount: number): string {
  const [whole, fraction] = split(Math.floor(amount / 10_000) * 10_000)
  return `${amount < 0 ? '-' : ''}$${whole}.${fraction.slice(0, 2)}`
}

/** A round amount of US cents as people say it: whole dollars without cents, `$10,000`. */
export function displayCents(cents: number): string {
  const minimumFractionDigits = cents % 100 === 0 ? 0 : 2
  return `$${(cents / 100).toLocaleString('en-US', { minimumFractionDigits })}`
}

/** A plain USD number, for the faces that promise one (VideoDB's names). Not for arithmetic. */
export function usdNumber(amount: number): number {
  return amount / MICRO_PER_USD
}

function split(amount: number): [string, string] {
  const size = Math.abs(amount)
  return [String(Math.floor(size / MICRO_PER_USD)), String(size % MICRO_PER_USD).padStart(6, '0')]
}
