import { ConfigError } from '../errors.ts'

/** Limits of one process on a PostgreSQL server. They may be set in the query of its URL, under these names. */
export type PostgresLimits = Readonly<Record<keyof typeof LIMITS, number>>

/** Each with its default and its bounds. Times are milliseconds. */
const LIMITS = {
  /** Most connections. With 10, eight processes stay below the 100 that PostgreSQL allows by default. */
  pool_max: { normal: 10, low: 1, high: 1_000 },
  /** How long to wait for a connection. */
  connect_ms: { normal: 5_000, low: 100, high: 600_000 },
  /** Longest statement of a write. */
  statement_ms: { normal: 10_000, low: 100, high: 600_000 },
  /** Longest wait for a row that another transaction has locked. */
  lock_ms: { normal: 5_000, low: 100, high: 600_000 },
  /** How long a transaction is retried, such as while another server is promoted. */
  retry_ms: { normal: 10_000, low: 0, high: 600_000 },
} as const

/** Returns the limits in a URL. Throws `ConfigError` for one that is not valid; `name` is the variable. */
export function postgresLimits(url: string, name = 'INKWELL_DATABASE_URL'): PostgresLimits {
  const query = new URL(url).searchParams
  const values = Object.entries(LIMITS).map(([limit, { normal, low, high }]) => {
    const text = query.get(limit)
    if (text === null) return [limit, normal]
    const value = /^\d{1,7}$/.test(text) ? Number(text) : NaN
    if (value >= low && value <= high) return [limit, value]
    throw new ConfigError(`${name}: ${limit} must be a whole number from ${low} to ${high}.`)
  })
  return Object.fromEntries(values) as PostgresLimits
}
