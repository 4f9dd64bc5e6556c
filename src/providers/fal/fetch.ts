import { AppError } from '../../errors.ts'
import { OutcomeUnknownError } from '../provider.ts'

/** Where the key may go. Files of fal's network are fetched and uploaded without it. */
const API_HOSTS = new Set(['queue.fal.run', 'fal.run', 'rest.fal.ai', 'api.fal.ai'])
const SUBMIT_HOSTS = new Set(['queue.fal.run', 'fal.run'])

export type RequestDeadlines = {
  /** Time one request may take: a submit, a status or a result. */
  requestMs: number
  /** Time one file may take, on its way in or out. */
  fileMs: number
}

/** In milliseconds. */
export const REQUEST_DEADLINES: RequestDeadlines = { requestMs: 30_000, fileMs: 300_000 }

/** Failures of a connection that was never made: the request cannot have arrived. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

export type FalFetch = {
  fetch: typeof fetch
  /** What fal said it billed for a request: a decimal number of units, where it said. */
  unitsOf: (requestId: string) => string | null
}

/**
 * The only way to fal: known hosts over https, no redirects, a deadline on every request, and a submit
 * whose outcome is unknown is never sent again (fal has no idempotency key). `baseUrl` sends everything
 * to one origin as `<base>/<original host>/<path>`.
 */
export function createFalFetch(
  baseUrl: string | undefined,
  { requestMs, fileMs }: RequestDeadlines = REQUEST_DEADLINES,
): FalFetch {
  const units = new Map<string, string>()
  return {
    unitsOf: (requestId) => units.get(requestId) ?? null,
    fetch: async (input, init = {}) => {
      const url = new URL(input instanceof Request ? input.url : input)
      assertKnown(url)
      const isApi = API_HOSTS.has(url.hostname)
      const deadline = AbortSignal.timeout(isApi ? requestMs : fileMs)
      const request: RequestInit = {
        ...init,
        redirect: 'error',
        signal: init.signal ? AbortSignal.any([init.signal, deadline]) : deadline,
        ...(!isApi && { headers: withoutKey(init.headers) }),
      }
      const target =
        baseUrl === undefined ? url.href : `${baseUrl}/${url.host}${url.pathname}${url.search}`
      if (init.method?.toUpperCase() === 'POST' && SUBMIT_HOSTS.has(url.hostname))
        return await submit(target, request)
      const response = await fetch(target, request)
      remember(units, url, response)
      return response
    },
  }
}

/** One POST, once. What the client would repeat is turned into an error that it leaves alone. */
async function submit(target: string, request: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(target, request)
  } catch (error) {
    if (NEVER_SENT.has(codeOf(error))) throw error
    throw new OutcomeUnknownError()
  }
  if (response.ok) return await readWhole(response)
  if (response.status < 500) return response
  await response.body?.cancel()
  throw new OutcomeUnknownError()
}

/** A yes that breaks off or cannot be read has been said all the same: the work may have begun. */
async function readWhole(response: Response): Promise<Response> {
  try {
    const answer: unknown = await response.json()
    return Response.json(answer ?? {}, response)
  } catch {
    throw new OutcomeUnknownError()
  }
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

function assertKnown({ protocol, hostname, username }: URL): void {
  const known = API_HOSTS.has(hostname) || hostname.endsWith('.fal.media')
  if (protocol === 'https:' && known && username === '') return
  throw new AppError('upstream_rejected', 'fal.ai named an address that is not its own.', {
    hint: 'Try another model; this one cannot be used safely.',
  })
}

function withoutKey(headers: RequestInit['headers']): Headers {
  const kept = new Headers(headers)
  kept.delete('authorization')
  return kept
}

/** Most results whose units are remembered; a result is read right after it is fetched. */
const UNITS_MAX = 1_000

function remember(units: Map<string, string>, url: URL, response: Response): void {
  const billed = response.headers.get('x-fal-billable-units')
  const requestId = /\/requests\/([^/]+)$/.exec(url.pathname)?.[1]
  if (billed === null || requestId === undefined) return
  if (units.size >= UNITS_MAX) units.clear()
  units.set(requestId, billed)
}
