import { hostname } from 'node:os'
import {
  allowInsecureRequests,
  discovery,
  dynamicClientRegistration,
  initiateDeviceAuthorization,
  None,
  pollDeviceAuthorizationGrant,
  refreshTokenGrant,
} from 'openid-client'
import * as z from 'zod'
import { AppError } from '../../errors.ts'
import type { StoredConnection } from './connection-file.ts'

const MetadataShape = z.object({
  resource: z.string(),
  authorization_servers: z.array(z.string()).min(1),
})

/** What a person opens, and the code that it must show. */
export type Code = { url: string; code: string }

/**
 * Connects this machine: registers it, shows a code, and waits until a person has approved it. Throws
 * `upstream_unavailable` for a server without connectors, and `unauthorized` for a refusal.
 */
export async function signInWithCode(
  server: string,
  show: (code: Code) => void,
): Promise<StoredConnection> {
  const { resource, authorization_servers } = await metadataOf(server)
  const issuer = authorization_servers[0] ?? server
  const metadata = {
    client_name: `Inkwell on ${hostname()}`,
    redirect_uris: [],
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    response_types: [],
    token_endpoint_auth_method: 'none',
  }
  const client = await dynamicClientRegistration(
    new URL(issuer),
    metadata,
    None(),
    optionsOf(issuer),
  )
  const begun = await initiateDeviceAuthorization(client, { resource })
  show({
    url: begun.verification_uri_complete ?? begun.verification_uri,
    code: begun.user_code,
  })
  const tokens = await pollDeviceAuthorizationGrant(client, begun, { resource }).catch(refused)
  return {
    server,
    issuer,
    resource,
    clientId: client.clientMetadata().client_id,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? '',
  }
}

/** Returns a connection with new tokens. The old ones are used up. Throws `unauthorized` if it has ended. */
export async function withNewTokens(connection: StoredConnection): Promise<StoredConnection> {
  const { issuer, clientId, refreshToken, resource } = connection
  const client = await discovery(new URL(issuer), clientId, undefined, None(), optionsOf(issuer))
  const tokens = await refreshTokenGrant(client, refreshToken, { resource }).catch(refused)
  return {
    ...connection,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? refreshToken,
  }
}

/** How long a server may take to answer, in seconds. */
const TIMEOUT_S = 10

/** Plain http is for this machine only, which the server sees to. */
function optionsOf(issuer: string) {
  const execute = issuer.startsWith('http:') ? [allowInsecureRequests] : []
  return { algorithm: 'oauth2', execute, timeout: TIMEOUT_S } as const
}

/** Reads what a server says of its sign-in. Its own tokens are for no other server (RFC 9728). */
async function metadataOf(server: string): Promise<z.infer<typeof MetadataShape>> {
  try {
    const answer = await fetch(`${server}/.well-known/oauth-protected-resource/mcp`, {
      signal: AbortSignal.timeout(TIMEOUT_S * 1_000),
    })
    const metadata = MetadataShape.parse(await answer.json())
    if (new URL(metadata.resource).origin === server) return metadata
    throw new Error(`it names another server: ${metadata.resource}`)
  } catch (cause) {
    throw new AppError('upstream_unavailable', `${server} has no sign-in for clients.`, {
      hint: 'Check the address: it must be that of --public-url, with which the server was started.',
      cause,
    })
  }
}

function refused(cause: unknown): never {
  throw new AppError('unauthorized', 'The connection was refused, or has ended.', {
    hint: 'Connect again.',
    localHint: '`inkwell connect <url>` does.',
    cause,
  })
}
