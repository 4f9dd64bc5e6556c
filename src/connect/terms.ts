import type { Caller } from '../accounts/caller.ts'
import type { KeyCaps } from '../accounts/api-key.ts'
import { AppError } from '../errors.ts'
import { DAY_MS, dayOf } from '../ledger/rules.ts'
import { display, micro, parseUsd } from '../money.ts'
import { startOf } from '../usage/days.ts'

/** The fields of a form for what a connection may spend, in the order in which they stand. */
export const TERM_FIELDS = ['day', 'month', 'total', 'call', 'until'] as const
export type TermField = (typeof TERM_FIELDS)[number]

/** What a connection may spend and until when. Caps are in micro-dollars, the end in milliseconds since 1970. */
export type Terms = {
  caps: Pick<KeyCaps, 'day' | 'month' | 'total' | 'call'>
  expiresAt: number | null
}

/** A field of a form that cannot be taken. */
export class TermError extends AppError {
  readonly field: TermField

  constructor(field: TermField, message: string, hint: string) {
    super('invalid_input', message, { hint })
    this.field = field
  }
}

/** What a form suggests: a small sum a day, for a season. */
const DEFAULT_DAY = micro(1_000_000)
const DEFAULT_DAYS = 90

/** Returns the texts that a form suggests for a new connection. */
export function suggestedTerms(nowMs: number): Record<TermField, string> {
  return {
    day: plain(DEFAULT_DAY),
    month: '',
    total: '',
    call: '',
    until: dayOf(nowMs + DEFAULT_DAYS * DAY_MS),
  }
}

/** Returns the texts of a form for existing terms. */
export function termTexts({ caps, expiresAt }: Terms): Record<TermField, string> {
  const text = (cap: number | null): string => (cap === null ? '' : plain(cap))
  return {
    day: text(caps.day),
    month: text(caps.month),
    total: text(caps.total),
    call: text(caps.call),
    until: expiresAt === null ? '' : dayOf(expiresAt - 1),
  }
}

/**
 * Reads the fields of a form. A blank amount is no cap and a blank day no end, but without any cap on the sum
 * `unlimited` must have been chosen. Throws `TermError`.
 */
export function readTerms(field: (name: string) => string, nowMs: number): Terms {
  const amount = (name: 'day' | 'month' | 'total' | 'call'): number | null => {
    const text = field(name)
      .trim()
      .replace(/^\$\s*/, '')
    const value = text === '' ? null : parseUsd(text)
    if (text !== '' && value === null)
      throw new TermError(name, 'This is no amount of US dollars.', 'Write it as 5 or 0.50.')
    return value
  }
  const caps = {
    day: amount('day'),
    month: amount('month'),
    total: amount('total'),
    call: amount('call'),
  }
  const isCapped = caps.day !== null || caps.month !== null || caps.total !== null
  if (!isCapped && field('unlimited') === '')
    throw new TermError('day', 'Nothing limits what it may spend.', 'Set a limit, or choose none.')
  return { caps, expiresAt: endOf(field('until').trim(), nowMs) }
}

function endOf(day: string, nowMs: number): number | null {
  if (day === '') return null
  const start = startOf(day)
  if (start === null)
    throw new TermError('until', 'This is no calendar day.', 'Write it as 2027-01-31.')
  if (start + DAY_MS <= nowMs)
    throw new TermError('until', 'This day is over.', 'Choose today or a later one.')
  return start + DAY_MS
}

/** Throws what `refusalFor` returns. */
export function requireUnlimited(caller: Caller): void {
  const refusal = refusalFor(caller)
  if (refusal !== null) throw refusal
}

/**
 * Returns `forbidden` for a person whose key has limits of its own: a connection would not count against them, so that
 * it would be a way around them. Null for any other.
 */
export function refusalFor({
  keyId,
  caps,
  session,
  maxPrice,
  approveAbove,
}: Caller): AppError | null {
  if (keyId === '') return null
  const { key_day, key_month, key_total } = caps
  const limits = [key_day, key_month, key_total, session.cap, maxPrice, approveAbove]
  if (limits.every((limit) => limit === null)) return null
  return new AppError(
    'forbidden',
    'The API key that signed in has limits of its own. A connection would be a way around them.',
    { hint: 'Sign in with a key without limits, or with a link from the operator of this server.' },
  )
}

function plain(amount: number): string {
  return display(amount).slice(1)
}
