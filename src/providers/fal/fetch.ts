import { AppError } from '../../errors.ts'
import { OutcomeUnknownError } from '../provider.ts'
import { neverConnected } from './connect-failure.ts'

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

/** Refusals that do not prove it: a server gives them also for a request that it has begun. */
const MAY_HAVE_BEGUN = new Set([408, 409])

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

/**
 * One POST, once. A failure that proves that fal has not begun is passed on, and the client repeats it where that
 * may help: 3 times in about 7 s, and within a minute with 4 connections that time out after 10 s each. Any
 * other is turned into an error that the client leaves alone.
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
  return await readTurnedAway(response)
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

/** What nginx says by itself when it has no server to pass a request to. */
const NGINX_PAGE = /<hr>\s*<center>nginx[^<]*<\/center>/

/**
 * A 503 of the gateway before fal's own servers, which give every request that reaches them an id: fal's Python
 * client repeats it too. Throws `OutcomeUnknownError` for any other answer.
 */
async function readTurnedAway(response: Response): Promise<Response> {
  const page = await response.text().catch(() => '')
  const isGateway = response.status === 503 && !response.headers.has('x-fal-request-id')
  if (isGateway && NGINX_PAGE.test(page)) return new Response(page, response)
  throw new OutcomeUnknownError()
}

/** Whether a text is the address of a file in fal's own network. */
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

/** Most results whose units are remembered; a result is read right after it is fetched. */
const UNITS_MAX = 1_000

function remember(units: Map<string, string>, url: URL, response: Response): void {
  const billed = response.headers.get('x-fal-billable-units')
  const requestId = /\/requests\/([^/]+)$/.exec(url.pathname)?.[1]
  if (billed === null || requestId === undefined) return
  if (units.size >= UNITS_MAX) units.clear()
  units.set(requestId, billed)
}
