import { homedir } from 'node:os'
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path'
import { parseBytes } from '../bytes.ts'
import { ConfigError } from '../errors.ts'
import { parseUsd, type Micro } from '../money.ts'
import { refuseUnlessLiteral } from './literal.ts'
import { postgresLimits } from './postgres-limits.ts'

/**
 * Parses the text of a variable, which is not blank. Throws `ConfigError` for an invalid text. The message begins
 * with the name of the variable and never repeats the text.
 */
export type Reader<T> = (text: string, name: string) => T

/** Where the ledger is: a file on this machine, or a shared server. The URL contains a password. */
export type Database = { engine: 'sqlite'; file: string } | { engine: 'postgres'; url: string }

/** Reads a secret, such as a key. White space in it is refused: it was copied by mistake, or is the rest of a command. */
export function secret(text: string, name: string): string {
  if (/[\s\p{Cc}\p{Cf}]/u.test(text))
    throw new ConfigError(
      `${name} must have no white space and no invisible character, at its ends or within. Copy it again, by itself.`,
    )
  return text
}

/** Reads an absolute path; `~/` is the home folder. With a relative path each working folder would have its own ledger. */
export function path(text: string, name: string): string {
  refuseUnlessLiteral(text, name)
  if (/^\s|\s$/.test(text))
    throw new ConfigError(`${name} must have no white space at the ends of a path.`)
  const isInHome = text === '~' || text.startsWith('~/') || text.startsWith(`~${sep}`)
  const whole = isInHome ? join(homeFolder(), text.slice(1)) : text
  if (isAbsolute(whole)) return resolve(whole)
  throw new ConfigError(
    `${name} must be an absolute path, or begin with ~/ for the home folder: a relative one would change with the folder that Inkwell is started in.`,
  )
}

/** Returns the user's home folder. Empty if there is none, as for a container user without an entry in passwd. */
export function homeFolder(): string {
  try {
    return homedir()
  } catch {
    return ''
  }
}

/** Reads absolute paths, separated as in PATH. */
export function paths(text: string, name: string): string[] {
  const items = text.split(delimiter).filter(Boolean)
  return items.map((item, place) =>
    path(item, items.length === 1 ? name : `${name} (folder ${place + 1} of ${items.length})`),
  )
}

/** Reads a cap in US dollars as micro-dollars. An invalid one stops start-up; it never means no cap. */
export const budget = usd('Unset it for no cap; 0 refuses every paid call.')

/** Reads the price above which a call waits for a person, in US dollars, as micro-dollars. */
export const approvalLimit = usd(
  'Unset it and no call waits for a person; 0 makes every paid one wait.',
)

function usd(unsetOrZero: string): Reader<Micro> {
  return (text, name) => {
    const amount = parseUsd(text.trim())
    if (amount !== null) return amount
    throw new ConfigError(
      `${name} must be a plain amount of US dollars such as 5 or 0.50 (at most 6 decimals). ${unsetOrZero}`,
    )
  }
}

/** Returns a reader of whole numbers from `low` to `high`, both included. */
export function wholeNumber(low: number, high: number): Reader<number> {
  return (text, name) => {
    const value = /^(0|[1-9]\d{0,14})$/.test(text.trim()) ? Number(text) : NaN
    if (value >= low && value <= high) return value
    throw new ConfigError(`${name} must be a whole number from ${low} to ${high}.`)
  }
}

/** Reads a number of bytes, with or without a unit. */
export const bytes: Reader<number> = (text, name) => {
  const value = parseBytes(text.trim())
  if (value !== null) return value
  throw new ConfigError(
    `${name} must be a whole number of bytes, such as 500000000, 500MB or 1GiB; 0 refuses every upload.`,
  )
}

/** Reads a number of days, such as 90d, as milliseconds. */
export const days: Reader<number> = (text, name) => {
  const value = /^([1-9]\d{0,4})d$/.exec(text.trim())?.[1]
  if (value !== undefined) return Number(value) * 86_400_000
  throw new ConfigError(`${name} must be a number of days such as 90d. Unset it to keep all.`)
}

/** Returns a reader of one word from a closed list. */
export function choice<T extends string>(...allowed: readonly T[]): Reader<T> {
  return (text, name) => {
    const found = allowed.find((candidate) => candidate === text.trim())
    if (found !== undefined) return found
    throw new ConfigError(`${name} must be one of ${allowed.join(', ')}.`)
  }
}

/** Reads the name of a session. It is used in headers and keys, so it has only printable ASCII. */
export function sessionName(text: string, name: string): string {
  const session = text.trim()
  if (/^[\x21-\x7e]{1,128}$/.test(session)) return session
  throw new ConfigError(`${name} must be 1 to 128 printable characters without spaces.`)
}

/** Reads a base URL for all traffic to a service; http only for this machine. */
export function baseUrl(text: string, name: string): string {
  const value = text.trim()
  const url = URL.canParse(value) ? new URL(value) : null
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname)))
    return value.replace(/\/+$/, '')
  throw new ConfigError(`${name} must be an https URL, or an http URL of this machine.`)
}

/** Reads the whole address of a webhook, which is a secret where the receiver asks for nothing else. */
export function webhookUrl(text: string, name: string): string {
  const url = URL.parse(secret(text, name))
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (url !== null && isSafe && url.username === '' && url.password === '') return text
  throw new ConfigError(
    `${name} must be an https URL, or an http URL of this machine, without a user name.`,
  )
}

/** Reads a secret of the Standard Webhooks specification: 24 to 64 random bytes. */
export function webhookSecret(text: string, name: string): string {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret(text, name)) ?? []
  const { length } = Buffer.from(base64, 'base64')
  if (length >= 24 && length <= 64) return text
  throw new ConfigError(
    `${name} must be whsec_ and 24 to 64 random bytes in base64, as \`inkwell alerts secret\` makes one.`,
  )
}

/** Reads the base URL of a collector of traces, which is often near by and without TLS. */
export function collectorUrl(text: string, name: string): string {
  const value = text.trim()
  const url = URL.parse(value)
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return value.replace(/\/+$/, '')
  throw new ConfigError(
    `${name} must be the http or https URL of a collector, without a user name.`,
  )
}

/** Returns whether the host of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

/** Reads the place of the ledger: sqlite:/path, sqlite:///path, or the URL of a PostgreSQL server, which is a secret. */
export function database(text: string, name: string): Database {
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(text)?.[1]
  if (file !== undefined) return { engine: 'sqlite', file: path(file, name) }
  if (/^\s*postgres(ql)?:\/\/[^/]/.test(text) && URL.canParse(text))
    return postgres(secret(text, name), name)
  throw new ConfigError(
    `${name} must be sqlite:/absolute/path/file.db or postgres://user:password@host/database.`,
  )
}

/** Reads the URL of a replica of the ledger's PostgreSQL server. */
export function replica(text: string, name: string): string {
  const { engine, ...place } = database(text, name)
  if (engine === 'postgres' && 'url' in place) return place.url
  throw new ConfigError(`${name} must be the URL of a PostgreSQL server: postgres://….`)
}

/** Returns a PostgreSQL server, whose limits in the URL are checked. */
function postgres(url: string, name: string): Database {
  postgresLimits(url, name)
  return { engine: 'postgres', url }
}
