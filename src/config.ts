import { homedir } from 'node:os'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { ConfigError } from './errors.ts'
import { parseUsd, type Micro } from './money.ts'
import type { UnknownModels } from './pricing/quote.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** `test` draws on this machine with test credits; `live` sends paid work to fal.ai. */
export type Mode = 'test' | 'live'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where the ledger is: a file of this machine, or a server that many share. The URL holds a password. */
export type Database = { engine: 'sqlite'; file: string } | { engine: 'postgres'; url: string }

export type Config = {
  mode: Mode
  home: string
  database: Database
  outputDir: string
  inputDirs: string[]
  /** Budgets in micro-dollars; null is no cap, 0 refuses every paid call. */
  budgets: { session: Micro | null; day: Micro | null; month: Micro | null }
  sessionName: string | undefined
  /** Paid calls that one API key, or an account without one, may begin in a minute. */
  callsPerMinute: number
  fal: { operatorKey: string | undefined; ownKey: string | undefined; baseUrl: string | undefined }
  /** Null where no Stripe key is set. */
  stripe: { key: string; webhookSecret: string | undefined; baseUrl: string | undefined } | null
  unknownModels: UnknownModels
  /** Whether results link to their files: several clients lose a result that does. */
  resourceLinks: boolean
  pricesFile: string | undefined
  logLevel: LogLevel
}

/**
 * Reads and checks the environment; `logLevel` counts where it names none. Throws `ConfigError`, naming the variable, on anything it cannot take literally. */
export function loadConfig(env: Environment = process.env, logLevel: LogLevel = 'info'): Config {
  const fal = {
    operatorKey: text(env, 'FAL_KEY'),
    ownKey: text(env, 'INKWELL_FAL_KEY') ?? text(env, 'ANIMATE_FAL_KEY'),
    baseUrl: baseUrl(env, 'INKWELL_FAL_BASE_URL'),
  }
  const mode = fal.operatorKey !== undefined || fal.ownKey !== undefined ? 'live' : 'test'
  const home = resolve(text(env, 'INKWELL_HOME') ?? defaultHome(env))
  const outputDir = resolve(text(env, 'INKWELL_OUTPUT_DIR') ?? join(home, 'images'))
  return {
    mode,
    home,
    database: database(text(env, 'INKWELL_DATABASE_URL'), join(home, `${mode}.db`)),
    outputDir,
    inputDirs: text(env, 'INKWELL_INPUT_DIRS')
      ?.split(delimiter)
      .filter(Boolean)
      .map((dir) => resolve(dir)) ?? [process.cwd(), outputDir],
    budgets: {
      session: budget(env, 'INKWELL_MAX_USD_PER_RUN', 'ANIMATE_MAX_USD_PER_RUN'),
      day: budget(env, 'INKWELL_MAX_USD_PER_DAY'),
      month: budget(env, 'INKWELL_MONTHLY_LIMIT_USD'),
    },
    sessionName: sessionName(env),
    callsPerMinute: callsPerMinute(env),
    fal,
    stripe: stripe(env, mode),
    unknownModels: choice(env, 'INKWELL_UNKNOWN_MODELS', ['default', 'refuse'], 'default'),
    resourceLinks: choice(env, 'INKWELL_RESOURCE_LINKS', ['off', 'on'], 'off') === 'on',
    pricesFile: text(env, 'INKWELL_PRICES'),
    logLevel: choice(env, 'INKWELL_LOG_LEVEL', LOG_LEVELS, logLevel),
  }
}

function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}

/** The first of the names that is set decides. A bad cap stops start-up: it never means no cap. */
function budget(env: Environment, ...names: string[]): Micro | null {
  const name = names.find((candidate) => text(env, candidate) !== undefined)
  if (name === undefined) return null
  const amount = parseUsd(text(env, name) ?? '')
  if (amount === null) {
    throw new ConfigError(
      `${name} must be a plain amount of US dollars such as 5 or 0.50 (at most 6 decimals). Unset it for no cap; 0 refuses every paid call.`,
    )
  }
  return amount
}

function sessionName(env: Environment): string | undefined {
  const name = text(env, 'INKWELL_SESSION_ID')
  if (name !== undefined && !/^[\x21-\x7e]{1,128}$/.test(name)) {
    throw new ConfigError(
      'INKWELL_SESSION_ID must be 1 to 128 printable characters without spaces.',
    )
  }
  return name
}

function callsPerMinute(env: Environment): number {
  const value = text(env, 'INKWELL_MAX_CALLS_PER_MINUTE') ?? '60'
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw new ConfigError('INKWELL_MAX_CALLS_PER_MINUTE must be a whole number from 1 to 999999.')
}

/** A Stripe key pays into the ledger of its own mode only: test money never buys live credits. */
function stripe(env: Environment, mode: Mode): Config['stripe'] {
  const key = text(env, 'STRIPE_SECRET_KEY')
  const webhookSecret = text(env, 'STRIPE_WEBHOOK_SECRET')
  const base = baseUrl(env, 'INKWELL_STRIPE_BASE_URL')
  if (webhookSecret !== undefined && !/^whsec_\S+$/.test(webhookSecret))
    throw new ConfigError('STRIPE_WEBHOOK_SECRET must be the whsec_… of a webhook endpoint.')
  if (key === undefined) return null
  const kind = /^[sr]k_(test|live)_\w+$/.exec(key)?.[1]
  if (kind === undefined)
    throw new ConfigError('STRIPE_SECRET_KEY must be a secret key of Stripe: sk_… or rk_….')
  if (kind !== mode) {
    throw new ConfigError(
      `STRIPE_SECRET_KEY is a ${kind} key, and this is ${mode} mode: ${mode === 'live' ? 'credits for real work are paid with real money' : 'set FAL_KEY for live mode, or use a test key'}.`,
    )
  }
  if (base !== undefined && (kind !== 'test' || !isLoopback(new URL(base).hostname)))
    throw new ConfigError(
      'INKWELL_STRIPE_BASE_URL must be an address of this machine, and only with a test key.',
    )
  return { key, webhookSecret, baseUrl: base }
}

/** An origin for all traffic to a service; over plain http only to this machine. */
function baseUrl(env: Environment, name: string): string | undefined {
  const value = text(env, name)
  if (value === undefined) return undefined
  const url = URL.canParse(value) ? new URL(value) : null
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname)))
    return value.replace(/\/+$/, '')
  throw new ConfigError(`${name} must be an https URL, or an http URL of this machine.`)
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

function choice<T extends string>(
  env: Environment,
  name: string,
  allowed: readonly T[],
  fallback: T,
): T {
  const value = text(env, name)
  if (value === undefined) return fallback
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw new ConfigError(`${name} must be one of ${allowed.join(', ')}.`)
  return found
}

/** Nothing of a URL is repeated in a refusal: it may hold a password. */
function database(url: string | undefined, fallback: string): Database {
  if (url === undefined) return { engine: 'sqlite', file: fallback }
  const file = /^sqlite:(.+)$/.exec(url)?.[1]
  if (file !== undefined && isAbsolute(file)) return { engine: 'sqlite', file }
  if (/^postgres(ql)?:\/\/[^/]/.test(url) && URL.canParse(url)) return { engine: 'postgres', url }
  throw new ConfigError(
    'INKWELL_DATABASE_URL must be sqlite:/absolute/path/file.db or postgres://user:password@host/database.',
  )
}

function defaultHome(env: Environment): string {
  if (process.platform === 'win32')
    return join(text(env, 'LOCALAPPDATA') ?? join(homedir(), 'AppData', 'Local'), 'inkwell')
  if (process.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'inkwell')
  return join(text(env, 'XDG_DATA_HOME') ?? join(homedir(), '.local', 'share'), 'inkwell')
}
