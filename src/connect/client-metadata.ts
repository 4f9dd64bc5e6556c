import { isIP } from 'node:net'
import * as z from 'zod'
import { oneLine } from '../text.ts'

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
/** The grants that a client may have. */
export const GRANTS = ['authorization_code', 'refresh_token', DEVICE_GRANT] as const

/** Longest name that is shown, in characters. */
const NAME_MAX = 80

/** What we read of what a client says of itself. All else is dropped: images, keys, addresses to call. */
const ClientShape = z.object({
  client_id: z.string().optional(),
  client_name: z.string().optional().catch(undefined),
  redirect_uris: z.array(z.string().max(2_000)).max(20).optional(),
  grant_types: z.array(z.string()).optional().catch(undefined),
})

/**
 * Returns what a client says of itself as we take it: a public client, of the grants that we have. Returns null if it
 * cannot be read.
 */
export function clientMetadata(given: unknown): Record<string, unknown> | null {
  const read = ClientShape.safeParse(given)
  if (!read.success) return null
  const { client_id, client_name, redirect_uris = [], grant_types } = read.data
  const asked = grant_types ?? GRANTS.slice(0, 2)
  const grants = GRANTS.filter((grant) => asked.includes(grant))
  const redirects = grants.includes('authorization_code')
  return {
    ...(client_id !== undefined && { client_id }),
    client_name: oneLine(client_name ?? '', NAME_MAX) || 'A client without a name',
    redirect_uris: redirects ? redirect_uris : [],
    grant_types: grants,
    response_types: redirects ? ['code'] : [],
    token_endpoint_auth_method: 'none',
    application_type: redirect_uris.every(isWeb) ? 'web' : 'native', // only a native one may use any loopback port
  }
}

/** Returns where a redirect address takes a person, in words: a host, this computer, or an app. */
export function destinationOf(redirectUri: string): string {
  const url = URL.parse(redirectUri)
  if (url === null) return 'an unknown address'
  if (LOOPBACK.test(url.hostname)) return 'a program on your computer'
  return /^https?:$/.test(url.protocol) ? url.host : `the app that opens ${url.protocol}`
}

/** The sources to which a form may lead after it was sent, for a content policy. */
export function formTargetOf(redirectUri: string): string {
  const url = URL.parse(redirectUri)
  if (url === null) return ''
  // A policy cannot name an IPv6 address.
  return /^https?:$/.test(url.protocol) && isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 6
    ? url.origin
    : url.protocol
}

function isWeb(redirectUri: string): boolean {
  const url = URL.parse(redirectUri)
  return url?.protocol === 'https:' && !LOOPBACK.test(url.hostname)
}
