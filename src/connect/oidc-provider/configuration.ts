import {
  errors,
  interactionPolicy,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import { SCOPES } from '../../accounts/scopes.ts'
import { AppError } from '../../errors.ts'
import { GRANTS } from '../client-metadata.ts'
import type { ServerKeys } from '../keys.ts'
import { resourceOf, type Resources } from '../resources.ts'
import type { Shown } from '../authorization-server.ts'

/** How long things last, in seconds. A refresh token is replaced at each use, and then lasts as long again. */
const LIFE_S = {
  AccessToken: 3_600,
  AuthorizationCode: 60,
  DeviceCode: 600,
  Grant: 10 * 365 * 86_400, // the connection decides
  Interaction: 1_800,
  RefreshToken: 30 * 86_400,
  Session: 1_800,
  IdToken: 3_600,
}

type Parts = {
  keys: readonly ServerKeys[]
  resources: Resources
  adapter: Configuration['adapter']
  /** Whether a connection may still be used, by the id of its key. */
  isLive: (keyId: string) => Promise<boolean>
  /** Fetches a metadata document of a client. */
  fetchDocument: (url: string) => Promise<Response>
  /** Shows a page to the person, instead of a body. */
  show: (context: KoaContextWithOIDC, shown: Shown) => void
}

/** Returns the configuration: OAuth 2.1 for public clients, and nothing beside it. */
export function configurationOf(parts: Parts): Configuration & { fetch: typeof fetch } {
  const { keys, adapter, isLive, fetchDocument, show } = parts
  return {
    ...(adapter !== undefined && { adapter }),
    fetch: (url) => fetchDocument(url instanceof Request ? url.url : url.toString()),
    jwks: { keys: keys.map(({ jwk }) => jwk) },
    cookies: {
      keys: keys.map(({ cookieSecret }) => cookieSecret),
      names: { session: 'inkwell_oauth', interaction: 'inkwell_ask', resume: 'inkwell_resume' },
      long: { path: '/oauth', httpOnly: true, sameSite: 'lax' },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      registration: '/oauth/register',
      revocation: '/oauth/revoke',
      jwks: '/oauth/jwks',
      device_authorization: '/oauth/device/code',
      code_verification: '/oauth/device',
    },
    scopes: [...SCOPES, 'offline_access'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['none'],
    clientDefaults: {
      grant_types: GRANTS.slice(0, 2),
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    features: featuresOf(parts),
    interactions: {
      policy: consentPolicy(),
      url: (_context, { uid }) => `/oauth/consent/${uid}`,
    },
    findAccount: async (_context, keyId) =>
      (await isLive(keyId))
        ? { accountId: keyId, claims: () => Promise.resolve({ sub: keyId }) }
        : undefined,
    loadExistingGrant: async ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId
      return grantId === undefined ? undefined : await oidc.provider.Grant.find(grantId)
    },
    issueRefreshToken: (_context, client) =>
      Promise.resolve(client.grantTypeAllowed('refresh_token')),
    rotateRefreshToken: true,
    expiresWithSession: () => Promise.resolve(false),
    renderError: (context, { error, error_description }, { cause }) => {
      const unread = cause instanceof AppError // of `fetchDocument`
      const message = unread ? cause.message : `${error_description ?? error}.`
      show(context, { kind: 'error', status: context.status, message, unread })
    },
    ttl: LIFE_S,
  }
}

/** What the library does, of all that it can. */
function featuresOf({ resources, show }: Parts): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
    revocation: { enabled: true },
    registration: { enabled: true, issueRegistrationAccessToken: false },
    clientIdMetadataDocument: {
      enabled: true,
      ack: 'draft-02',
      cacheDuration: { min: 600, max: 86_400 },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resources.mcp,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, asked) => {
        const audience = resourceOf(asked, resources)
        if (audience === null) throw new errors.InvalidTarget()
        return { audience, scope: SCOPES.join(' '), accessTokenFormat: 'opaque' }
      },
    },
    deviceFlow: { enabled: true, ...devicePages(show) },
  }
}

/** A person approves each request, whoever asked before: consent carries a budget, which nobody else may set. */
function consentPolicy(): interactionPolicy.DefaultPolicy {
  const { Check, Prompt, base } = interactionPolicy
  const policy = base()
  policy.clear()
  policy.add(new Prompt({ name: 'login', requestable: true }))
  policy.add(
    new Prompt(
      { name: 'consent', requestable: true },
      new Check(
        'consent_missing',
        'a person has to set what the connection may spend',
        'consent_required',
        ({ oidc }) => oidc.result?.consent === undefined,
      ),
    ),
  )
  return policy
}

const XSRF = /name="xsrf" value="([\w-]+)"/

function devicePages(show: Parts['show']) {
  const place = (context: KoaContextWithOIDC, form: string) => ({
    xsrf: XSRF.exec(form)?.[1] ?? '',
    action: new URL(context.oidc.urlFor('code_verification')).pathname,
  })
  return {
    charset: 'base-20' as const,
    mask: '****-****',
    deviceInfo: () => ({}),
    userCodeInputSource: (
      context: KoaContextWithOIDC,
      form: string,
      _out?: unknown,
      error?: Error & { userCode?: string },
    ) => {
      const problem = error === undefined ? null : problemOf(error)
      show(context, { kind: 'code', ...place(context, form), problem })
    },
    userCodeConfirmSource: (
      context: KoaContextWithOIDC,
      form: string,
      client: { clientName?: string | undefined },
      _device: unknown,
      userCode: string,
    ) => {
      const clientName = client.clientName ?? ''
      show(context, { kind: 'confirm', ...place(context, form), userCode, clientName })
    },
    successSource: (context: KoaContextWithOIDC) => {
      show(context, { kind: 'done', clientName: context.oidc.client?.clientName ?? '' })
    },
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  NoCodeError: 'Type the code first.',
  NotFoundError: 'There is no such code.',
  ExpiredError: 'This code has expired.',
  AlreadyUsedError: 'This code was used before.',
  AbortedError: 'The device was refused.',
}

function problemOf({ name, constructor }: Error): string {
  return PROBLEMS[constructor.name] ?? PROBLEMS[name] ?? 'This did not work.'
}
