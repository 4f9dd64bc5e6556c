import { DEFAULT_SCOPES, SCOPES } from '../../accounts/scopes.ts'
import { readJson } from '../../text.ts'
import { clientMetadata } from '../client-metadata.ts'

/** Parameters of OpenID Connect that have no meaning here, and would be refused without its scope. */
const WITHOUT_MEANING = ['nonce', 'claims', 'acr_values', 'max_age', 'id_token_hint', 'display']

/**
 * Returns a request as the library is to see it: with scopes that we have, the default ones where a client names none
 * that we know, and with clients registered as public ones.
 */
export async function withOurTerms(request: Request): Promise<Request> {
  const url = new URL(request.url)
  if (url.pathname === '/oauth/authorize' && request.method === 'GET') {
    withScopes(url.searchParams)
    for (const name of WITHOUT_MEANING) url.searchParams.delete(name)
    return new Request(url, request)
  }
  if (url.pathname === '/oauth/device' && request.method === 'GET') {
    url.searchParams.delete('user_code') // the page fills it in: the library's would need a script
    return new Request(url, request)
  }
  if (request.method !== 'POST') return request
  if (url.pathname === '/oauth/register') {
    const metadata = clientMetadata(readJson(await request.text()))
    return withBody(request, JSON.stringify(metadata ?? {})) // which the library refuses
  }
  if (url.pathname === '/oauth/device/code') {
    const form = withScopes(new URLSearchParams(await request.text()))
    return withBody(request, form.toString())
  }
  return request
}

function withScopes(parameters: URLSearchParams): URLSearchParams {
  const asked = (parameters.get('scope') ?? '').split(' ')
  const known = SCOPES.filter((scope) => asked.includes(scope))
  const scopes = known.length === 0 ? DEFAULT_SCOPES : known
  parameters.set('scope', scopes.join(' '))
  return parameters
}

function withBody(request: Request, body: string): Request {
  const headers = new Headers(request.headers)
  headers.set('content-length', String(Buffer.byteLength(body)))
  return new Request(request.url, { method: request.method, headers, body })
}
