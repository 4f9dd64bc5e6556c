import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import type { HTTPException } from 'hono/http-exception'
import { AppError } from '../../../errors.ts'
import { inQuotes } from '../../../media/reference.ts'
import type { Mode } from '../../../mode.ts'
import { truncate } from '../../../text.ts'
import { sendPage } from '../../../web/responses/page.ts'
import { statusFor } from '../../../web/responses/status.ts'
import { errorPage } from '../../../web/views/error.ts'
import { challengeOf } from './challenge.ts'
import { errorBody } from './replies.ts'

/** As `refusal`; a page for a browser that opens an address. */
export async function shownRefusal(
  context: Context,
  error: AppError,
  mode: Mode,
): Promise<Response> {
  if (!isForPerson(context)) return refusal(context, error)
  context.status(statusFor(error) as 400)
  return await sendPage(context, errorPage(mode, error))
}

function isForPerson({ req }: Context): boolean {
  return (req.header('accept') ?? '').includes('text/html')
}

/** Converts an error to a response, with the headers that its status requires. */
export function refusal(context: Context, error: AppError): Response {
  const { facts } = error
  const challenge = challengeOf(context, error)
  if (challenge !== null) context.header('www-authenticate', challenge)
  if (facts.retryAfterSeconds !== undefined)
    context.header('retry-after', String(facts.retryAfterSeconds))
  const status = statusFor(error)
  return context.json(errorBody(error, status), status as 400)
}

type Issue = { code?: string; path: PropertyKey[]; message: string; keys?: string[] }
type Validated = { success: boolean; error?: { issues: Issue[] } }

/** Throws `invalid_input` for a request that does not match its schema, naming each wrong argument and its bounds. */
export function refuseInvalid({ success, error }: Validated): void {
  if (success) return
  const issues = (error?.issues ?? [])
    .slice(0, 5)
    .map((issue) => [issue.path.join('.'), issueText(issue)].filter(Boolean).join(': '))
  throw new AppError('invalid_input', `${issues.join('; ')}.`, {
    hint: 'GET /openapi.json has every parameter and its bounds.',
  })
}

function issueText({ code, message, keys = [] }: Issue): string {
  if (code === 'unrecognized_keys')
    return keys.map((key) => `there is no parameter ${inQuotes(truncate(key, 100))}`).join(', ')
  if (message.endsWith('received undefined')) return 'is required'
  return message.replace(/^(Invalid (input|option)|Too (small|big)): /, '') // Zod's way to begin
}

/** The error for a body that cannot be parsed, such as invalid JSON. */
export function malformed(cause: HTTPException): AppError {
  return new AppError('invalid_input', 'The body of the request cannot be read.', {
    hint: 'GET /openapi.json has the form of every request.',
    cause,
  })
}

/** Refuses a body above `maxSize` bytes before it is read into memory. */
export function limited(maxSize: number, hint = 'Send less in one request.') {
  const message = `The request is larger than ${maxSize / 1024} KiB.`
  const error = new AppError('invalid_input', message, { hint })
  const limit = bodyLimit({ maxSize, onError: (context) => tooLarge(context, error) })
  // A request that says how little it has is not asked for its body: the answer is a stream that has to be made.
  return createMiddleware((context, next) =>
    sizeOf(context.req) <= maxSize ? next() : limit(context, next),
  )
}

/** The size of a body in bytes as the request tells it; Infinity if it does not. */
export function sizeOf({ method, raw: { headers } }: Context['req']): number {
  if (method === 'GET' || method === 'HEAD') return 0 // the server of Node does not pass one on
  const told = headers.has('transfer-encoding') ? null : headers.get('content-length')
  return told === null ? Infinity : Number(told)
}

/** Converts the error for a body that is too large to a response. */
export function tooLarge(context: Context, error: AppError): Response {
  return context.json(errorBody(error, 413), 413)
}

/** The error for a Host or Origin that this server does not accept. */
export function originNotAllowed(): AppError {
  return new AppError('forbidden', 'This server does not answer to this Host or Origin.', {
    hint: 'Call it by the name it listens on, and not from a page of another site.',
  })
}

/** The error for a path and method without a route. */
export function unknownRoute(context: Context): AppError {
  const [what, hint] = isForPerson(context)
    ? ['page', 'Check its address.']
    : ['address', 'GET /openapi.json lists them.']
  return new AppError('not_found', `There is no such ${what}.`, { hint })
}
