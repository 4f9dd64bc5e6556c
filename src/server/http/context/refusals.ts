import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { HTTPException } from 'hono/http-exception'
import { AppError } from '../../../errors.ts'
import { UploadQuotaError } from '../../../generations/upload.ts'
import { inQuotes } from '../../../media/reference.ts'
import { truncate } from '../../../text.ts'
import { errorBody, statusOf } from './replies.ts'

/** An error as an answer, with what its status wants beside it. */
export function refusal(context: Context, error: AppError): Response {
  const { code, facts } = error
  if (code === 'unauthorized') context.header('www-authenticate', 'Bearer error="invalid_token"')
  if (facts.retryAfterSeconds !== undefined)
    context.header('retry-after', String(facts.retryAfterSeconds))
  const status = error instanceof UploadQuotaError ? 413 : statusOf(code)
  return context.json(errorBody(error, status), status as 400)
}

type Issue = { code?: string; path: PropertyKey[]; message: string; keys?: string[] }
type Validated = { success: boolean; error?: { issues: Issue[] } }

/** A request that does not fit its schema names each argument and its bound. */
export function refuseInvalid({ success, error }: Validated): void {
  if (success) return
  const issues = (error?.issues ?? [])
    .slice(0, 5)
    .map((issue) => [issue.path.join('.'), wordsOf(issue)].filter(Boolean).join(': '))
  throw new AppError('invalid_input', `${issues.join('; ')}.`, {
    hint: 'GET /openapi.json has every parameter and its bounds.',
  })
}

function wordsOf({ code, message, keys = [] }: Issue): string {
  if (code !== 'unrecognized_keys') return message
  return keys.map((key) => `there is no parameter ${inQuotes(truncate(key, 100))}`).join(', ')
}

/** A body that the framework could not read before any schema saw it, such as one that is no JSON. */
export function malformed(cause: HTTPException): AppError {
  return new AppError('invalid_input', 'The body of the request cannot be read.', {
    hint: 'GET /openapi.json has the form of every request.',
    cause,
  })
}

/** Refuses a body above `maxSize` bytes before it fills our memory. */
export function limited(maxSize: number, hint = 'Send less in one request.') {
  const message = `The request is larger than ${maxSize / 1024} KiB.`
  const error = new AppError('invalid_input', message, { hint })
  return bodyLimit({ maxSize, onError: (context) => context.json(errorBody(error, 413), 413) })
}

/** A name or a page of origin that this server does not serve. */
export function notFromThere(): AppError {
  return new AppError('forbidden', 'This server does not answer to this Host or Origin.', {
    hint: 'Call it by the name it listens on, and not from a page of another site.',
  })
}

/** No route has this address and method. */
export function noSuchAddress(): AppError {
  return new AppError('not_found', 'There is no such address.', {
    hint: 'GET /openapi.json lists them.',
  })
}
