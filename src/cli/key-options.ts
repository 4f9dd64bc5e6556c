import { InvalidArgumentError } from 'commander'
import { SCOPES, scopesOf, type Scope } from '../accounts/scopes.ts'
import { DAY_MS } from '../ledger/rules.ts'
import { parseUsd, type Micro } from '../money.ts'
import { startOf } from '../usage/days.ts'

/** Reads a cap in US dollars as micro-dollars; anything else is wrong usage. */
export function readUsd(text: string): Micro {
  const amount = parseUsd(text)
  if (amount !== null) return amount
  throw new InvalidArgumentError(
    'It must be a plain amount of US dollars such as 5 or 0.50 (at most 6 decimals).',
  )
}

/** Reads scopes with commas between; an unknown one is wrong usage. */
export function readScopes(text: string): Scope[] {
  const scopes = scopesOf(text.split(',').map((name) => name.trim()))
  if (scopes !== null) return scopes
  throw new InvalidArgumentError(`The scopes are ${SCOPES.join(', ')}.`)
}

/** The instant at which a key ends, seen from now; null is never. */
export type End = (nowMs: number) => number | null

/** Reads the end of a key as a day, from its first instant, or as a number of days from now. */
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
