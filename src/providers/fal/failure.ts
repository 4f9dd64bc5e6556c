import { ApiError } from '@fal-ai/client'
import { AppError, type ErrorCode } from '../../errors.ts'
import { CATALOG } from '../../pricing/catalog.ts'
import { modelGone } from '../../pricing/find-model.ts'

const LISTED = CATALOG.map(({ id }) => id)

/** What a failure is worded for: the model asked for, and whose fal account it ran on. */
export type Blame = { model: string; ownKey: boolean }

type Words = [code: ErrorCode, message: string, hint: string]

const REFUSED: Words = [
  'content_refused',
  'The model refused this content.',
  'Change the prompt or the image and call again.',
]
const UNREADABLE: Words = [
  'input_unreadable',
  'The model could not use an input image.',
  'Use a PNG, JPEG or WebP of ordinary size.',
]
const NO_OUTPUT: Words = [
  'no_output',
  'The model finished without an output.',
  'Try again, or change the prompt.',
]
const TIMEOUT: Words = [
  'upstream_timeout',
  'fal.ai took too long.',
  'Try again later, or use a faster model.',
]
const UNAVAILABLE: Words = [
  'upstream_unavailable',
  'fal.ai could not do this now.',
  'Try again in a minute.',
]
const BAD_INPUT: Words = [
  'upstream_rejected',
  'The model does not accept these arguments.',
  'Check them against the page of the model on fal.ai.',
]

const CANCELLED: Words = [
  'cancelled',
  'The call was cancelled before fal.ai had finished.',
  'Call the tool again if the result is still wanted.',
]
const FORGOTTEN: Words = [
  'no_output',
  'fal.ai no longer knows this job.',
  'Call the tool again if the result is still wanted.',
]

/** fal's own words for what went wrong, and ours. */
const BY_TYPE: Record<string, Words> = {
  content_policy_violation: REFUSED,
  no_media_generated: NO_OUTPUT,
  image_too_small: UNREADABLE,
  image_too_large: UNREADABLE,
  image_load_error: UNREADABLE,
  file_download_error: UNREADABLE,
  file_too_large: UNREADABLE,
  unsupported_image_format: UNREADABLE,
  face_detection_error: UNREADABLE,
  generation_timeout: TIMEOUT,
  request_timeout: TIMEOUT,
  startup_timeout: TIMEOUT,
  client_cancelled: CANCELLED,
}

/** A failure of fal's in our words; theirs go in the cause, which is logged and never shown. */
export function toFailure(error: unknown, blame: Blame): AppError {
  if (error instanceof AppError) return error
  const [code, message, hint] = wordsFor(error, blame)
  return new AppError(code, `${message} Nothing was charged.`, { hint, cause: summary(error) })
}

function wordsFor(error: unknown, blame: Blame): Words {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return TIMEOUT
  if (!(error instanceof ApiError)) return UNAVAILABLE
  const { status } = error
  if (status === 401)
    return ['upstream_rejected', 'fal.ai does not accept the API key.', keyHint(blame)]
  if (status === 403)
    return isLocked(error.body)
      ? exhausted(blame)
      : ['upstream_rejected', 'fal.ai does not allow this model for the API key.', keyHint(blame)]
  if (status === 404 && isForgotten(error.body)) return FORGOTTEN
  if (status === 404) {
    const successor = CATALOG.find(({ id }) => id === blame.model)?.successor
    const { code, message, hint } = modelGone(blame.model, successor, LISTED)
    return [code, message.replace(' Nothing was charged.', ''), hint]
  }
  const typed = typesOf(error.body)
    .map((type) => BY_TYPE[type])
    .find((words) => words !== undefined)
  if (typed !== undefined) return typed
  if (status === 504) return TIMEOUT
  return status < 400 || status === 429 || status >= 499 ? UNAVAILABLE : BAD_INPUT
}

function exhausted({ ownKey }: Blame): Words {
  return ownKey
    ? [
        'upstream_balance_exhausted',
        'Your own fal.ai account is out of funds or locked.',
        'Top it up at fal.ai/dashboard/billing, or unset INKWELL_FAL_KEY to pay with credits.',
      ]
    : [
        'upstream_balance_exhausted',
        "The fal.ai account of this server's operator is out of funds or locked.",
        'Tell the operator; your credits are untouched.',
      ]
}

function keyHint({ ownKey }: Blame): string {
  return ownKey
    ? 'Check INKWELL_FAL_KEY at fal.ai/dashboard/keys.'
    : 'The operator must check FAL_KEY at fal.ai/dashboard/keys.'
}

type Detail = { detail?: unknown; error_type?: unknown; status?: unknown }

/** What is said of a job, where a missing endpoint has a `detail`. */
function isForgotten(body: unknown): boolean {
  return ((body ?? {}) as Detail).status === 'NOT_FOUND'
}

function isLocked(body: unknown): boolean {
  const { detail } = (body ?? {}) as Detail
  return typeof detail === 'string' && /locked|exhausted|top.?up/i.test(detail)
}

function typesOf(body: unknown): string[] {
  const { detail, error_type: errorType } = (body ?? {}) as Detail
  const items: unknown[] = Array.isArray(detail) ? detail : []
  const types = items.map((item) => (item as { type?: unknown } | null)?.type)
  return [errorType, ...types].filter((type) => typeof type === 'string')
}

/** What may be logged: status and types. Bodies echo prompts and URLs. */
function summary(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error instanceof Error ? { name: error.name } : undefined
  return { status: error.status, types: typesOf(error.body), requestId: error.requestId }
}
