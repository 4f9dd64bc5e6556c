import type { Money } from './money.ts'

type Traits = { status: number; retryable: boolean; means: string }

/**
 * The closed list of errors, as clients see them: the HTTP status, whether the same call may succeed
 * later, and the meaning. docs/errors.md is generated from this list.
 */
export const ERROR_CODES = {
  invalid_input: {
    status: 400,
    retryable: false,
    means: 'An argument is missing, unknown or out of bounds.',
  },
  wrong_operation: {
    status: 400,
    retryable: false,
    means: 'The model is listed for another tool.',
  },
  price_unknown: {
    status: 400,
    retryable: false,
    means: 'The model has no price and unlisted models are refused here.',
  },
  approval_required: {
    status: 402,
    retryable: true,
    means: 'The price is above what a person has to approve. Once approved, the same call goes on.',
  },
  max_cost_exceeded: {
    status: 402,
    retryable: false,
    means: 'The price is above the maxCostUsd of the call.',
  },
  insufficient_credits: {
    status: 402,
    retryable: false,
    means: 'The available balance is below the price.',
  },
  session_budget_exceeded: {
    status: 402,
    retryable: false,
    means: 'The call would pass the budget of this session.',
  },
  key_budget_exceeded: {
    status: 402,
    retryable: false,
    means: 'The call would pass a cap of the API key.',
  },
  daily_budget_exceeded: {
    status: 402,
    retryable: false,
    means: 'The call would pass the budget of this UTC day.',
  },
  monthly_limit_exceeded: {
    status: 402,
    retryable: false,
    means: 'The call would pass the limit of this UTC month.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    means:
      'Too many paid calls or requests in a minute, too many purchases, or too much work that fal.ai bills and nobody pays.',
  },
  idempotency_conflict: {
    status: 409,
    retryable: false,
    means: 'The idempotencyKey was used with other arguments.',
  },
  content_refused: {
    status: 422,
    retryable: false,
    means: 'The image service refused the content.',
  },
  input_unreadable: {
    status: 422,
    retryable: false,
    means: 'An input image could not be read, or its content cannot be worked on.',
  },
  upstream_rejected: {
    status: 502,
    retryable: false,
    means: 'The image or payment service rejected the request or our key.',
  },
  upstream_balance_exhausted: {
    status: 502,
    retryable: false,
    means: 'The fal.ai account behind this server is out of funds or locked.',
  },
  upstream_unavailable: {
    status: 503,
    retryable: true,
    means: 'The image or payment service could not be reached or broke off.',
  },
  upstream_timeout: { status: 504, retryable: true, means: 'The image service took too long.' },
  model_gone: { status: 410, retryable: false, means: 'The model is no longer served.' },
  no_output: {
    status: 502,
    retryable: true,
    means: 'The image service finished without a usable output.',
  },
  cancelled: {
    status: 499,
    retryable: true,
    means: 'The call was cancelled before it produced anything.',
  },
  not_found: {
    status: 404,
    retryable: false,
    means: 'There is nothing with this id in this account.',
  },
  unauthorized: {
    status: 401,
    retryable: false,
    means: 'The API key is missing, wrong, expired or revoked.',
  },
  forbidden: {
    status: 403,
    retryable: false,
    means:
      'The API key lacks the scope for this, the model is not on the list of the key or its account, the account is suspended or closed, or the request comes by a name or from a page that this server does not serve.',
  },
  billing_not_configured: {
    status: 503,
    retryable: false,
    means: 'No payment service is configured on this server.',
  },
  ledger_unavailable: {
    status: 503,
    retryable: true,
    means:
      'The ledger or the output folder cannot be written, or the server is stopping; nothing was started or charged.',
  },
  internal: {
    status: 500,
    retryable: false,
    means: 'A fault of ours. The reference finds it in the log.',
  },
} as const satisfies Record<string, Traits>

export type ErrorCode = keyof typeof ERROR_CODES

/** The facts of a refusal, which an agent can use without reading the text. */
export type RefusalFacts = {
  required?: Money
  available?: Money
  limit?: Money
  spent?: Money
  held?: Money
  scope?: string
  /** The permission that the API key lacks. */
  requiredScope?: string
  /** When the same call may succeed, in seconds from now. */
  retryAfterSeconds?: number
  /** The approval that the call waits for. `url` is the page where a person decides, `expiresAt` an ISO 8601 time. */
  approval?: { id: string; status: string; expiresAt: string; url?: string }
  /** What the caller can afford instead. `numImages` is set where it is the same model with fewer outputs. */
  affordable?: { model: string; cost: Money; numImages?: number }[]
}

/** The next step after an error. Each hint names only what its readers have. */
export type Hints = {
  /** What every reader can do. */
  hint: string
  /** What an agent can do in addition. Names tools, which the REST API and the command line do not have. */
  toolHint?: string | undefined
  /** What a person at this machine can do in addition. Names commands and settings, which HTTP clients do not have. */
  localHint?: string | undefined
}

/** What the reader of an error has. */
export type Reader = { hasTools: boolean; atThisMachine: boolean }

export type AppErrorOptions = Hints & {
  cause?: unknown
  facts?: RefusalFacts
}

/**
 * An expected failure, shown to the caller unchanged. `message` says what happened, with numbers; `hint`
 * is the next step. Text from outside goes into `cause`, which is logged and never shown.
 */
export class AppError extends Error implements Hints {
  readonly code: ErrorCode
  readonly hint: string
  readonly toolHint: string | undefined
  readonly localHint: string | undefined
  readonly facts: RefusalFacts

  constructor(code: ErrorCode, message: string, options: AppErrorOptions) {
    const { hint, toolHint, localHint, cause, facts = {} } = options
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'AppError'
    this.code = code
    this.hint = hint
    this.toolHint = toolHint
    this.localHint = localHint
    this.facts = facts
  }

  /** Returns the next step, with every hint that this reader can follow. */
  hintFor({ hasTools, atThisMachine }: Reader): string {
    return [this.hint, hasTools && this.toolHint, atThisMachine && this.localHint]
      .filter(Boolean)
      .join(' ')
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable
  }
}

/** Converts milliseconds to whole seconds, rounded up, at least 1. For `retryAfterSeconds`. */
export function waitSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}

/** Returns the code that the system or a library gave an error, such as `ENOENT`; empty if there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** A wrong setting, which stops start-up (exit code 2). The message names the variable, never the value of a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
