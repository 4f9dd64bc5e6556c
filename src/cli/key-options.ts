import { InvalidArgumentError } from 'commander'
import { SCOPES, scopesOf, type Scope } from '../accounts/scopes.ts'
import { DAY_MS } from '../ledger/rules.ts'
import { parseUsd, type Micro } from '../money.ts'
import { startOf } from '../usage/days.ts'

/** Parses a cap in US dollars to micro-USD. Throws `InvalidArgumentError` (exit code 2). */
export function readUsd(text: string): Micro {
  const amount = parseUsd(text)
  if (amount !== null) return amount
  throw new InvalidArgumentError(
    'It must be a plain amount of US dollars such as 5 or 0.50 (at most 6 decimals).',
  )
}

/** A limit in micro-USD; null for none. An object, because commander does not allow a parsed null. */
export type Limit = { limit: Micro | null }

/** Parses a limit in US dollars, or `none`. Throws `InvalidArgumentError` (exit code 2). */
export function readLimit(text: string): Limit {
  return { limit: text === 'none' ? null : readUsd(text) }
}

/** Parses a comma-separated list of scopes. Throws `InvalidArgumentError` for an unknown one. */
export function readScopes(text: string): Scope[] {
  const scopes = scopesOf(text.split(',').map((name) => name.trim()))
  if (scopes !== null) return scopes
  throw new InvalidArgumentError(`The scopes are ${SCOPES.join(', ')}.`)
}

/** Computes the Unix time at which a key expires, in milliseconds. Null means never. */
export type End = (nowMs: number) => number | null

/** Parses the expiry of a key: the start of a UTC day, a number of days from now, or `never`. Throws `InvalidArgumentError`. */
export function readEnd(text: string): End {
  if (text === 'never') return () => null
  const days = Number(/^([1-9]\d{0,3})d$/.exec(text)?.[1])
  if (days > 0) return (nowMs) => nowMs + days * DAY_MS
  const day = startOf(text)
  if (day !== null) return () => day
  throw new InvalidArgumentError(
    'It must be a day such as 2027-01-31, days from now such as 30d, or never.',
  )
}
