import { ApiError } from '@fal-ai/client'
import { AppError, type ErrorCode, type Hints } from '../../errors.ts'
import { CATALOG, type Operation } from '../../pricing/catalog.ts'
import { modelGone } from '../../pricing/find-model.ts'

/** What an error message depends on: the request, and whose fal account was used. */
export type FailureContext = {
  model: string
  operation: Operation
  ownKey: boolean
  /** The fields that were sent, if they are known. */
  sent?: readonly string[]
}

type FailureText = Hints & { code: ErrorCode; message: string }

const CALL_AGAIN = 'Call the tool again if the result is still wanted.'

const REFUSED: FailureText = {
  code: 'content_refused',
  message: 'The model refused this content.',
  hint: 'Change the prompt or the image and call again.',
}
const UNREADABLE: FailureText = {
  code: 'input_unreadable',
  message: 'The model could not use an input image.',
  hint: 'Use a PNG, JPEG or WebP of ordinary size.',
}
const NO_OUTPUT: FailureText = {
  code: 'no_output',
  message: 'The model finished without an output.',
  hint: 'Try again, or change the prompt.',
}
const TIMEOUT: FailureText = {
  code: 'upstream_timeout',
  message: 'fal.ai took too long.',
  hint: 'Try again later, or use a faster model.',
}
const UNAVAILABLE: FailureText = {
  code: 'upstream_unavailable',
  message: 'fal.ai could not do this now.',
  hint: 'Try again in a minute.',
}
const CANCELLED: FailureText = {
  code: 'cancelled',
  message: 'The call was cancelled before fal.ai had finished.',
  hint: CALL_AGAIN,
}
const FORGOTTEN: FailureText = {
  code: 'no_output',
  message: 'fal.ai no longer knows this job.',
  hint: CALL_AGAIN,
}

/** fal's error types, and our messages for them. */
const BY_TYPE: Record<string, FailureText> = {
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

/** Converts a failure of fal to an `AppError` in our words. Details go into the cause, which is logged and never shown. */
export function toFailure(error: unknown, context: FailureContext): AppError {
  if (error instanceof AppError) return error
  const { code, message, ...hints } = textFor(error, context)
  return new AppError(code, `${message} Nothing was charged.`, { ...hints, cause: summary(error) })
}

function textFor(error: unknown, context: FailureContext): FailureText {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return TIMEOUT
  if (!(error instanceof ApiError)) return UNAVAILABLE
  const { status } = error
  if (status === 401) return rejected('fal.ai does not accept the API key.', keyHints(context))
  if (status === 403)
    return isLocked(error.body)
      ? exhausted(context)
      : rejected('fal.ai does not allow this model for the API key.', keyHints(context))
  if (status === 404 && isForgotten(error.body)) return FORGOTTEN
  if (status === 404) {
    const listed = CATALOG.find(({ id }) => id === context.model)
    const { code, message, hint } = modelGone(context.model, listed ?? context)
    return { code, message: message.replace(' Nothing was charged.', ''), hint }
  }
  const typed = typesOf(error.body)
    .map((type) => BY_TYPE[type])
    .find((words) => words !== undefined)
  if (typed !== undefined) return typed
  if (status === 504) return TIMEOUT
  return status < 400 || status === 429 || status >= 499
    ? UNAVAILABLE
    : badInput(error.body, context)
}

function rejected(message: string, hints: Hints): FailureText {
  return { code: 'upstream_rejected', message, ...hints }
}

/** fal does not accept the arguments. Names only fields that we sent: fal's text is not repeated. */
function badInput(body: unknown, { operation, sent = [] }: FailureContext): FailureText {
  const fields = sent.filter((name) => fieldsOf(body).includes(name))
  const names = fields.flatMap((name) =>
    operation === 'run' ? [`input.${name}`] : (ARGUMENTS[name] ?? []),
  )
  const what = names.length === 0 ? 'these arguments' : [...new Set(names)].join(' and ')
  return rejected(`The model does not accept ${what}.`, {
    hint: `Change ${what}, leave out what is not required, or use another model.`,
    toolHint:
      operation === 'run'
        ? 'run with quoteOnly tells what the input of a listed model takes.'
        : undefined,
  })
}

/** fal's fields, and the arguments of the image tools that they come from. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  prompt: 'prompt',
  negative_prompt: 'negativePrompt',
  image_size: 'imageSize',
  aspect_ratio: 'imageSize',
  num_images: 'numImages',
  seed: 'seed',
  output_format: 'outputFormat',
  image_url: 'image',
  image_urls: 'images',
  mask_url: 'mask',
}

function exhausted({ ownKey }: FailureContext): FailureText {
  const code = 'upstream_balance_exhausted'
  return ownKey
    ? {
        code,
        message: 'Your own fal.ai account is out of funds or locked.',
        hint: 'Top it up at fal.ai/dashboard/billing.',
        localHint: 'FAL_KEY in place of INKWELL_FAL_KEY lets credits pay.',
      }
    : {
        code,
        message: "The fal.ai account of this server's operator is out of funds or locked.",
        hint: 'Tell the operator; your credits are untouched.',
      }
}

function keyHints({ ownKey }: FailureContext): Hints {
  return ownKey
    ? {
        hint: 'Whoever owns the key must check it at fal.ai/dashboard/keys.',
        localHint: 'INKWELL_FAL_KEY holds it.',
      }
    : {
        hint: 'Tell the operator, who must check the key at fal.ai/dashboard/keys.',
        localHint: 'FAL_KEY holds it.',
      }
}

type Detail = { detail?: unknown; error_type?: unknown; status?: unknown }

/** Returns whether fal no longer knows the job. For a missing endpoint the body has a `detail` instead. */
function isForgotten(body: unknown): boolean {
  return ((body ?? {}) as Detail).status === 'NOT_FOUND'
}

function isLocked(body: unknown): boolean {
  const { detail } = (body ?? {}) as Detail
  return typeof detail === 'string' && /locked|exhausted|top.?up/i.test(detail)
}

function typesOf(body: unknown): string[] {
  const { error_type: errorType } = (body ?? {}) as Detail
  const types = itemsOf(body).map(({ type }) => type)
  return [errorType, ...types].filter((type) => typeof type === 'string')
}

/** The fields that fal rejects. It reports the place of each error, such as `["body","image_size","width"]`. */
function fieldsOf(body: unknown): unknown[] {
  return itemsOf(body).map(({ loc }) => (Array.isArray(loc) ? (loc[1] as unknown) : undefined))
}

function itemsOf(body: unknown): { type?: unknown; loc?: unknown }[] {
  const { detail } = (body ?? {}) as Detail
  return Array.isArray(detail) ? detail.map((item: unknown) => item ?? {}) : []
}

/** What may be logged: status, types and request id. Bodies contain prompts and URLs. */
function summary(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error instanceof Error ? { name: error.name } : undefined
  return { status: error.status, types: typesOf(error.body), requestId: error.requestId }
}
