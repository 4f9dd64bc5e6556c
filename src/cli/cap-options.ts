import type { Command } from 'commander'
import type { KeyCaps } from '../accounts/api-key.ts'
import { readLimit, type Limit } from './key-options.ts'

/** The caps of a key or a group, as commander names their options. */
export type CapOptions = {
  maxUsdPerSession?: Limit
  maxUsdPerDay?: Limit
  maxUsdPerMonth?: Limit
  maxUsdPerTotal?: Limit
  maxUsdPerCall?: Limit
  approveAbove?: Limit
}

/** Adds the options of the caps that keys and groups have. */
export function withSharedCaps(command: Command): Command {
  return command
    .option('--max-usd-per-day <usd>', 'cap of a UTC day, or none', readLimit)
    .option('--max-usd-per-month <usd>', 'cap of a UTC month, or none', readLimit)
    .option(
      '--max-usd-total, --max-usd-per-total <usd>',
      'cap of all that is ever spent, or none',
      readLimit,
    )
}

/** Adds the options of all caps of a key. */
export function withCaps(command: Command): Command {
  const cap = 'in US dollars; none is no cap, 0 refuses every paid call'
  return withSharedCaps(
    command.option('--max-usd-per-session <usd>', `cap of a session, ${cap}`, readLimit),
  )
    .option('--max-usd-per-call <usd>', 'largest price of one call, or none', readLimit)
    .option(
      '--approve-above <usd>',
      'a person approves each call that costs more, or none',
      readLimit,
    )
}

/** Returns the caps that the options name. */
export function capsIn(options: CapOptions): Partial<KeyCaps> {
  const named = {
    session: options.maxUsdPerSession,
    day: options.maxUsdPerDay,
    month: options.maxUsdPerMonth,
    total: options.maxUsdPerTotal,
    call: options.maxUsdPerCall,
    approveAbove: options.approveAbove,
  }
  const given = Object.entries(named).filter(([, cap]) => cap !== undefined)
  return Object.fromEntries(given.map(([name, cap]) => [name, cap?.limit ?? null]))
}
