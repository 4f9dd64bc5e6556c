import { isAbsolute, join } from 'node:path'
import { readVariables, unreadVariables } from './config/names.ts'
import { homeFolder, isLoopback, type Database } from './config/readers.ts'
import { valueOf, type Environment, type Setting } from './config/setting.ts'
import { SETTINGS, type LOG_LEVELS, type SIGNUPS } from './config/settings.ts'
import type { Bucket, S3Keys } from './config/store.ts'
import { ConfigError } from './errors.ts'
import type { Micro } from './money.ts'
import type { Mode } from './mode.ts'
import type { UnknownModels } from './pricing/find-model.ts'

export type { Environment }

export type LogLevel = (typeof LOG_LEVELS)[number]

/** The configuration of one process. Paths are absolute. */
export type Config = {
  mode: Mode
  /** The data folder. */
  home: string
  database: Database
  /** The URL of a replica for reports. */
  replicaUrl: string | undefined
  outputDir: string
  /** Where images are kept instead; null for the output folder. */
  outputStore: Bucket | null
  /** The keys of buckets; null for a role of this machine. */
  storeKeys: S3Keys | null
  /** How long files and prompts are kept, in milliseconds; null for ever. */
  keep: { files: number | null; prompts: number | null }
  /** Whether image files carry the prompt, model, seed and id of their generation. */
  metadata: boolean
  /** Folders that input files may be read from. */
  inputDirs: string[]
  /** Budgets in micro-dollars. Null is no cap; 0 refuses every paid call. */
  budgets: { session: Micro | null; day: Micro | null; month: Micro | null }
  /** A call with a higher price needs the approval of a person, in micro-dollars; null for none. */
  approveAbove: Micro | null
  sessionName: string | undefined
  /** Paid calls that one API key, or an account without one, may begin in a minute. */
  callsPerMinute: number
  /** Limit for the total size of the unexpired uploads of one account, in bytes. */
  maxUploadBytes: number
  /** Limit for the jobs of one account, in any 60 minutes, that fal.ai may bill and no customer pays for. */
  unpaidJobsPerHour: number
  fal: { operatorKey: string | undefined; ownKey: string | undefined; baseUrl: string | undefined }
  /** Null where no Stripe key is set. */
  stripe: { key: string; webhookSecret: string | undefined; baseUrl: string | undefined } | null
  /** The operator's identity provider; null where none is set. */
  identity: { issuer: string; clientId: string; clientSecret: string } | null
  /** Who gets an account by signing in there. */
  signup: (typeof SIGNUPS)[number]
  /** Where the operator’s alerts are sent; null for nowhere. `secret` is undefined for that of the ledger. */
  alerts: { url: string; secret: string | undefined } | null
  /** Where traces are sent. */
  collector: string | undefined
  unknownModels: UnknownModels
  /** Whether results link to their files. Several clients lose results that contain links. */
  resourceLinks: boolean
  pricesFile: string | undefined
  logLevel: LogLevel
  /** Names of the variables that were read, without their values. */
  variables: string[]
  /** One sentence for each variable that is set but has no effect. */
  warnings: string[]
}

/**
 * Reads and checks the environment. `logLevel` is the default log level. Throws `ConfigError`, which names the
 * variable, for any value that is not valid as written.
 */
export function loadConfig(env: Environment = process.env, logLevel: LogLevel = 'warn'): Config {
  const warnings = unreadVariables(env)
  const fal = {
    operatorKey: valueOf(SETTINGS.operatorKey, env),
    ownKey: valueOf(SETTINGS.ownKey, env),
    baseUrl: valueOf(SETTINGS.falBaseUrl, env),
  }
  const mode = fal.operatorKey !== undefined || fal.ownKey !== undefined ? 'live' : 'test'
  const home = valueOf(SETTINGS.home, env) ?? defaultHome(env)
  const outputDir = valueOf(SETTINGS.outputDir, env) ?? join(home, 'images')
  const database = valueOf(SETTINGS.database, env) ?? {
    engine: 'sqlite',
    file: join(home, `${mode}.db`),
  }
  return {
    mode,
    home,
    database,
    replicaUrl: replicaUrl(env, database, warnings),
    outputDir,
    outputStore: valueOf(SETTINGS.outputStore, env) ?? null,
    storeKeys: storeKeys(env),
    keep: {
      files: valueOf(SETTINGS.keepFiles, env) ?? null,
      prompts: valueOf(SETTINGS.keepPrompts, env) ?? null,
    },
    metadata: valueOf(SETTINGS.metadata, env) === 'on',
    inputDirs: valueOf(SETTINGS.inputDirs, env) ?? [process.cwd(), outputDir],
    budgets: {
      session: cap(SETTINGS.sessionBudget, env),
      day: cap(SETTINGS.dayBudget, env),
      month: cap(SETTINGS.monthBudget, env),
    },
    approveAbove: cap(SETTINGS.approveAbove, env),
    sessionName: valueOf(SETTINGS.sessionName, env),
    callsPerMinute: valueOf(SETTINGS.callsPerMinute, env),
    unpaidJobsPerHour: valueOf(SETTINGS.unpaidJobsPerHour, env),
    maxUploadBytes: valueOf(SETTINGS.maxUploadBytes, env),
    fal,
    stripe: stripe(env, mode),
    identity: identity(env, warnings),
    signup: valueOf(SETTINGS.signup, env),
    alerts: alerts(env, warnings),
    collector: valueOf(SETTINGS.collector, env),
    unknownModels: valueOf(SETTINGS.unknownModels, env),
    resourceLinks: valueOf(SETTINGS.resourceLinks, env) === 'on',
    pricesFile: valueOf(SETTINGS.pricesFile, env),
    logLevel: valueOf(SETTINGS.logLevel, env) ?? logLevel,
    variables: readVariables(env),
    warnings,
  }
}

/** Turns colours off in this process, as NO_COLOR in its environment does for Node.js and our libraries. */
export function withoutColour(): void {
  delete process.env['FORCE_COLOR']
  process.env['NO_COLOR'] = '1'
}

/** Reads the keys of a bucket. They count only where both are set. */
function storeKeys(env: Environment): S3Keys | null {
  const accessKeyId = valueOf(SETTINGS.storeKeyId, env)
  const secretAccessKey = valueOf(SETTINGS.storeKey, env)
  const sessionToken = valueOf(SETTINGS.storeToken, env)
  if (accessKeyId === undefined || secretAccessKey === undefined) return null
  const token = sessionToken !== undefined && { sessionToken }
  return { accessKeyId, secretAccessKey, ...token }
}

/** The environment as it is: where other programs keep their settings, and what `inkwell setup` passes on to them. */
export function environment(): Environment {
  return process.env
}

function cap(setting: Setting<Micro>, env: Environment): Micro | null {
  return valueOf(setting, env) ?? null
}

/** Returns the URL of the replica. It has no effect on a ledger in a file. */
function replicaUrl(env: Environment, ledger: Database, warnings: string[]): string | undefined {
  const url = valueOf(SETTINGS.readDatabase, env)
  if (url === undefined || ledger.engine === 'postgres') return url
  warnings.push(
    'INKWELL_READ_DATABASE_URL has no effect: the ledger is a file, which has no replica.',
  )
  return undefined
}

/** Reads the settings of the identity provider: all three, or none. Adds to the warnings where some are missing. */
function identity(env: Environment, warnings: string[]): Config['identity'] {
  const issuer = valueOf(SETTINGS.oidcIssuer, env)
  const clientId = valueOf(SETTINGS.oidcClientId, env)
  const clientSecret = valueOf(SETTINGS.oidcClientSecret, env)
  if (issuer !== undefined && clientId !== undefined && clientSecret !== undefined)
    return { issuer, clientId, clientSecret }
  if (issuer !== undefined || clientId !== undefined || clientSecret !== undefined)
    warnings.push(
      'Nobody signs in through an identity provider: INKWELL_OIDC_ISSUER, INKWELL_OIDC_CLIENT_ID and INKWELL_OIDC_CLIENT_SECRET have no effect unless all three are set.',
    )
  return null
}

/** Reads where alerts are sent. A secret alone has no effect. */
function alerts(env: Environment, warnings: string[]): Config['alerts'] {
  const url = valueOf(SETTINGS.alertUrl, env)
  const secret = valueOf(SETTINGS.alertSecret, env)
  if (url !== undefined) return { url, secret }
  if (secret !== undefined)
    warnings.push('INKWELL_ALERT_SECRET has no effect without INKWELL_ALERT_URL.')
  return null
}

/** Reads the Stripe settings. A key must be of the mode of the ledger, so that test money never buys live credits. */
function stripe(env: Environment, mode: Mode): Config['stripe'] {
  const key = valueOf(SETTINGS.stripeKey, env)
  const webhookSecret = valueOf(SETTINGS.stripeWebhookSecret, env)
  const base = valueOf(SETTINGS.stripeBaseUrl, env)
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

/** Returns the data folder of the platform. A relative path in the environment is ignored, as the XDG specification asks. */
function defaultHome(env: Environment): string {
  const dataHome = (name: string, ...fallback: string[]): string => {
    const given = env[name]
    return given !== undefined && isAbsolute(given) ? given : join(homeFolder(), ...fallback)
  }
  const folder = join(
    process.platform === 'win32'
      ? dataHome('LOCALAPPDATA', 'AppData', 'Local')
      : process.platform === 'darwin'
        ? join(homeFolder(), 'Library', 'Application Support')
        : dataHome('XDG_DATA_HOME', '.local', 'share'),
    'inkwell',
  )
  if (isAbsolute(folder)) return folder
  throw new ConfigError('INKWELL_HOME must be set: this user has no home folder (HOME).')
}
