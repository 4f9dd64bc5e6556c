import { display } from '../money.ts'
import { UNLISTED_PRICE } from '../pricing/catalog.ts'
import { UNKNOWN_MODELS } from '../pricing/find-model.ts'
import { ALERT_SETTINGS } from './alert-settings.ts'
import {
  approvalLimit,
  baseUrl,
  budget,
  bytes,
  choice,
  days,
  database,
  path,
  paths,
  replica,
  secret,
  sessionName,
  wholeNumber,
} from './readers.ts'
import type { Setting } from './setting.ts'
import { outputStore } from './store.ts'

/** Who gets an account by signing in through the identity provider. */
export const SIGNUPS = ['closed', 'invite', 'open'] as const

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** Every setting. Used to read the environment, to check names, by `inkwell doctor` and for the table in the README. */
export const SETTINGS = {
  home: {
    names: ['INKWELL_HOME'],
    means: 'folder of the ledger',
    otherwise: 'the platform’s data folder',
    read: path,
  },
  operatorKey: {
    names: ['FAL_KEY'],
    means: 'the operator’s fal.ai key: live mode',
    otherwise: 'none: test mode',
    read: secret,
    isSecret: true,
  },
  ownKey: {
    names: ['INKWELL_FAL_KEY', 'ANIMATE_FAL_KEY'],
    means: 'the user’s own fal.ai key: live mode without credits',
    read: secret,
    isSecret: true,
  },
  falBaseUrl: {
    names: ['INKWELL_FAL_BASE_URL'],
    means: 'sends all fal.ai traffic to one origin, as `<base>/<original host>/<path>`',
    otherwise: 'fal.ai',
    read: baseUrl,
  },
  outputDir: {
    names: ['INKWELL_OUTPUT_DIR'],
    means: 'where images are saved',
    otherwise: '`INKWELL_HOME/images`',
    read: path,
  },
  outputStore: {
    names: ['INKWELL_OUTPUT_STORE'],
    means:
      '`s3://bucket/prefix?endpoint=https://…&region=…`: images are kept in S3-compatible object storage, for as many servers as you like',
    otherwise: 'the output folder',
    read: outputStore,
  },
  storeKeyId: {
    names: ['AWS_ACCESS_KEY_ID'],
    means: 'the key of that storage',
    otherwise: 'a role of this machine',
    read: secret,
    isSecret: true,
  },
  storeKey: {
    names: ['AWS_SECRET_ACCESS_KEY'],
    means: 'its secret',
    read: secret,
    isSecret: true,
  },
  storeToken: {
    names: ['AWS_SESSION_TOKEN'],
    means: 'its session, where the key has one',
    read: secret,
    isSecret: true,
  },
  keepFiles: {
    names: ['INKWELL_KEEP_FILES'],
    means: 'how long the files of results are kept, such as `90d`; entries and sums stay',
    otherwise: 'for ever',
    read: days,
  },
  keepPrompts: {
    names: ['INKWELL_KEEP_PROMPTS'],
    means: 'how long prompts and other inputs are kept, such as `30d`',
    otherwise: 'for ever',
    read: days,
  },
  metadata: {
    names: ['INKWELL_METADATA'],
    means:
      '`off`: PNG, JPEG and WebP files carry no prompt, model, seed and id of their generation in their metadata',
    fallback: 'on',
    read: choice('on', 'off'),
  },
  inputDirs: {
    names: ['INKWELL_INPUT_DIRS'],
    means:
      'folders that input files may be read from, separated as in `PATH`; the output folder always may',
    otherwise: 'working folder, output folder',
    read: paths,
  },
  database: {
    names: ['INKWELL_DATABASE_URL'],
    means:
      '`sqlite:/absolute/path/file.db`, or `postgres://user:password@host/database` for as many servers as you like',
    otherwise: 'a file in `INKWELL_HOME`',
    read: database,
    isSecret: true,
  },
  readDatabase: {
    names: ['INKWELL_READ_DATABASE_URL'],
    means: 'a replica of that PostgreSQL server for reports, the usage page and `ledger verify`',
    otherwise: 'the database itself',
    read: replica,
    isSecret: true,
  },
  sessionBudget: {
    names: ['INKWELL_MAX_USD_PER_RUN', 'ANIMATE_MAX_USD_PER_RUN'],
    means: 'budget of a session',
    read: budget,
    caps: /RUN|SESSION/,
  },
  dayBudget: {
    names: ['INKWELL_MAX_USD_PER_DAY'],
    means: 'budget of the account for a UTC day',
    read: budget,
    caps: /DAY|DAILY/,
  },
  monthBudget: {
    names: ['INKWELL_MONTHLY_LIMIT_USD'],
    means: 'budget of the account for a UTC month',
    read: budget,
    caps: /MONTH/,
  },
  approveAbove: {
    names: ['INKWELL_APPROVE_ABOVE_USD'],
    means: 'a call that costs more waits until a person approves it',
    read: approvalLimit,
    caps: /APPROV/,
  },
  sessionName: {
    names: ['INKWELL_SESSION_ID'],
    means: 'joins processes into one session, with one budget',
    otherwise: 'a session for each process',
    read: sessionName,
  },
  callsPerMinute: {
    names: ['INKWELL_MAX_CALLS_PER_MINUTE'],
    means:
      'paid calls and uploads that one API key, or an account without one, may begin in a minute; as many free calls besides',
    fallback: 60,
    read: wholeNumber(1, 999_999),
  },
  stripeKey: {
    names: ['STRIPE_SECRET_KEY'],
    means: 'Stripe’s key, of the mode of the ledger',
    otherwise: 'none: the test checkout in test mode',
    read: secret,
    isSecret: true,
  },
  stripeWebhookSecret: {
    names: ['STRIPE_WEBHOOK_SECRET'],
    means: 'the `whsec_…` of Stripe’s webhook',
    read: secret,
    isSecret: true,
  },
  stripeBaseUrl: {
    names: ['INKWELL_STRIPE_BASE_URL'],
    means: 'a stand-in for Stripe on this machine, with a test key',
    otherwise: 'Stripe',
    read: baseUrl,
  },
  unpaidJobsPerHour: {
    names: ['INKWELL_MAX_UNPAID_JOBS_PER_HOUR'],
    means:
      'jobs of one account that fal.ai may bill without a result that can be charged, in any 60 minutes',
    fallback: 20,
    read: wholeNumber(1, 999_999),
  },
  maxUploadBytes: {
    names: ['INKWELL_MAX_UPLOAD_BYTES'],
    means:
      'most bytes that the unexpired uploads of one account may have: `500000000`, `500MB`, `1GiB`',
    fallback: 1024 ** 3,
    otherwise: '`1GiB`',
    read: bytes,
  },
  unknownModels: {
    names: ['INKWELL_UNKNOWN_MODELS'],
    means: `models that are not listed: \`default\` (at ${display(UNLISTED_PRICE)}), \`refuse\`, or \`upstream\` (what fal.ai asks, where the arguments decide that)`,
    fallback: 'default',
    read: choice(...UNKNOWN_MODELS),
  },
  oidcIssuer: {
    names: ['INKWELL_OIDC_ISSUER'],
    means: 'an identity provider (OpenID Connect) through which people sign in to the usage page',
    otherwise: 'none: API keys',
    read: baseUrl,
  },
  oidcClientId: {
    names: ['INKWELL_OIDC_CLIENT_ID'],
    means: 'the id that it knows this server by',
    read: secret,
  },
  oidcClientSecret: {
    names: ['INKWELL_OIDC_CLIENT_SECRET'],
    means: 'the secret that belongs to that id',
    read: secret,
    isSecret: true,
  },
  signup: {
    names: ['INKWELL_SIGNUP'],
    means:
      'who gets an account by signing in there: `closed` (nobody), `invite` (who was invited with `inkwell accounts invite`), or `open` (everybody)',
    fallback: 'closed',
    read: choice(...SIGNUPS),
  },
  resourceLinks: {
    names: ['INKWELL_RESOURCE_LINKS'],
    means: '`on`: results link to their files; several clients lose a result that does',
    fallback: 'off',
    read: choice('off', 'on'),
  },
  pricesFile: {
    names: ['INKWELL_PRICES'],
    means: 'the operator’s price file',
    read: path,
  },
  ...ALERT_SETTINGS,
  logLevel: {
    names: ['INKWELL_LOG_LEVEL'],
    means: 'log level; logs go to stderr, and most commands log only where it is set',
    otherwise: '`info` for `serve` and `warn` over stdio',
    read: choice(...LOG_LEVELS),
  },
} as const satisfies Record<string, Setting<unknown>>
