import { InvalidArgumentError } from 'commander'
import { SCOPES, scopesOf, type Scope } from '../accounts/scopes.ts'
import { DAY_MS } from '../ledger/rules.ts'
import { GRACE_MAX_MS } from '../operator/keys.ts'
import { parseUsd, type Micro } from '../money.ts'
import { startOf } from '../usage/days.ts'

/** Parses a cap in US dollars to micro-USD. Throws `InvalidArgumentError` (exit code 2). */
function readUsd(text: string): Micro {
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

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS }

/** Parses a time such as 24h, 30m or 7d to milliseconds, at most 30 days. Throws `InvalidArgumentError`. */
export function readGrace(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const ms = text === '0' ? 0 : Number(count) * (UNITS[unit] ?? Number.NaN)
  if (ms >= 0 && ms <= GRACE_MAX_MS) return ms
  throw new InvalidArgumentError('It must be a time such as 24h, 30m or 7d, at most 30d, or 0.')
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
