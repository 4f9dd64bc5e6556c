import { AppError } from '../../errors.ts'
import { OutcomeUnknownError } from '../provider.ts'
import { neverConnected } from './connect-failure.ts'

/** Hosts that receive the key. Files in fal's network are fetched and uploaded without it. */
const API_HOSTS = new Set(['queue.fal.run', 'fal.run', 'rest.fal.ai', 'api.fal.ai'])
const SUBMIT_HOSTS = new Set(['queue.fal.run', 'fal.run'])

/** Time limits, in milliseconds. */
export type RequestDeadlines = {
  /** For one request: a submit, a status or a result. */
  requestMs: number
  /** For one file, upload or download. */
  fileMs: number
}

export const REQUEST_DEADLINES: RequestDeadlines = { requestMs: 30_000, fileMs: 300_000 }

/** Statuses that do not prove that the work did not begin: a server may also send them after it has begun. */
const MAY_HAVE_BEGUN = new Set([408, 409])

export type FalFetch = {
  fetch: typeof fetch
  /** Returns the units that fal billed for a request, as a decimal; null if it did not report them. */
  unitsOf: (requestId: string) => string | null
}

/**
 * All traffic to fal goes through this: known hosts over https, no redirects, a deadline on every request. A submit
 * with an unknown outcome is never sent again (fal has no idempotency key). `baseUrl` sends everything to one origin
 * as `<base>/<original host>/<path>`.
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
      rememberUnits(units, url, response)
      return response
    },
  }
}

/**
 * Sends one POST, once. A failure that proves that fal has not begun is passed on, and the client repeats the request
 * if that may help: 3 times in about 7 s, or within a minute with 4 connections that time out after 10 s each. Any
 * other failure becomes an error that the client does not repeat.
 */
async function submit(target: string, request: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(target, { ...request, redirect: 'manual' })
  } catch (error) {
    if (neverConnected(error)) throw error
    throw new OutcomeUnknownError()
  }
  if (response.ok) return await readWhole(response)
  if (response.status < 500 && !MAY_HAVE_BEGUN.has(response.status)) return response
  return await readRefusal(response)
}

/** Reads a whole response. If a success breaks off or cannot be read, the work may have begun. */
async function readWhole(response: Response): Promise<Response> {
  try {
    const answer: unknown = await response.json()
    return Response.json(answer ?? {}, response)
  } catch {
    throw new OutcomeUnknownError()
  }
}

/** The page that nginx sends itself when it has no server for a request. */
const NGINX_PAGE = /<hr>\s*<center>nginx[^<]*<\/center>/

/**
 * Returns a 503 from the gateway before fal's servers, which is safe to repeat: fal's servers give each request an id,
 * and this one has none. fal's Python client repeats it too. Throws `OutcomeUnknownError` for any other response.
 */
async function readRefusal(response: Response): Promise<Response> {
  const page = await response.text().catch(() => '')
  const isGateway = response.status === 503 && !response.headers.has('x-fal-request-id')
  if (isGateway && NGINX_PAGE.test(page)) return new Response(page, response)
  throw new OutcomeUnknownError()
}

/** Returns whether a text is the URL of a file in fal's own network. */
export function isFileAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && isSafe(url) && isFileHost(url.hostname)
}

function isFileHost(hostname: string): boolean {
  return hostname.endsWith('.fal.media')
}

function isSafe({ protocol, username }: URL): boolean {
  return protocol === 'https:' && username === ''
}

function assertKnown(url: URL): void {
  if (isSafe(url) && (API_HOSTS.has(url.hostname) || isFileHost(url.hostname))) return
  throw new AppError('upstream_rejected', 'fal.ai named an address that is not its own.', {
    hint: 'Try another model; this one cannot be used safely.',
  })
}

function withoutKey(headers: RequestInit['headers']): Headers {
  const kept = new Headers(headers)
  kept.delete('authorization')
  return kept
}

/** Limit of the results whose units are remembered. The units are read right after the result. */
const UNITS_MAX = 1_000

function rememberUnits(units: Map<string, string>, url: URL, response: Response): void {
  const billed = response.headers.get('x-fal-billable-units')
  const requestId = /\/requests\/([^/]+)$/.exec(url.pathname)?.[1]
  if (billed === null || requestId === undefined) return
  if (units.size >= UNITS_MAX) units.clear()
  units.set(requestId, billed)
}
