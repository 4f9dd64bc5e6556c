import { randomBytes } from 'node:crypto'
import { Provider, type InteractionResults } from 'oidc-provider'
import { DEFAULT_SCOPES, SCOPES, type Scope } from '../accounts/scopes.ts'
import { principalById } from '../accounts/principal.ts'
import type { Db } from '../db/db.ts'
import type { Log } from '../log.ts'
import { memoizeAsync } from '../once.ts'
import type { AuthorizationServer, ConsentRequest, Shown } from './authorization-server.ts'
import { documentFetcher, type FetchDocument } from './client-document.ts'
import { periodAt, serverKeys } from './keys.ts'
import { answerOf, nodeExchange } from './oidc-provider/node-answer.ts'
import { configurationOf } from './oidc-provider/configuration.ts'
import { withOurTerms } from './oidc-provider/terms.ts'
import { createStore } from './oidc-provider/store.ts'
import { resourceOf, resourcesOf } from './resources.ts'

export type AuthorizationServerDeps = {
  db: Db
  log: Log
  now: () => number
  /** The public origin, which is the issuer. */
  origin: string
  fetchDocument?: FetchDocument
}

/** The pages that answers of the library show, by their request. */
const pages = new WeakMap<object, Shown>()

/** An authorization server on `oidc-provider`. Everything that it knows is in the database, so that any server of the ledger can go on. */
export function createAuthorizationServer(deps: AuthorizationServerDeps): AuthorizationServer {
  const { now, origin } = deps
  const resources = resourcesOf(origin)
  const opened = memoizeAsync<Provider>()
  /** The library of this period: its keys change with it. */
  const library = () => opened(String(periodAt(now())), () => openLibrary(deps))
  const exchangeOf = (request: Request) => nodeExchange(request, origin)
  const interactionOf = async (request: Request) => {
    const { request: node, response } = await exchangeOf(request)
    const provider = await library()
    const details = await provider.interactionDetails(node, response).catch(() => null)
    const finish = (result: InteractionResults): Promise<string> =>
      provider.interactionResult(node, response, result, { mergeWithLastSubmission: false })
    return { provider, details, finish }
  }

  return {
    answer: async (request) => {
      const exchange = await exchangeOf(await withOurTerms(request))
      const callback = (await library()).callback()
      const response = await answerOf(exchange, callback)
      return { response, shown: pages.get(exchange.request) ?? null }
    },
    requestOf: async (request) => {
      const { provider, details } = await interactionOf(request)
      if (details === null || details.result !== undefined) return null
      const { client_id: id, redirect_uri, scope, resource } = details.params
      const client = await provider.Client.find(String(id))
      if (client === undefined) return null
      const isDocument = client.clientId.startsWith('https:')
      return {
        id: details.uid,
        client: {
          id: client.clientId,
          name: client.clientName ?? '',
          vouchedBy: isDocument ? new URL(client.clientId).host : null,
        },
        redirectUri: typeof redirect_uri === 'string' ? redirect_uri : null,
        scopes: scopesIn(scope),
        resource: String([resource].flat()[0]),
      } satisfies ConsentRequest
    },
    newGrantId: () => randomBytes(24).toString('base64url'),
    approve: async (request, { keyId, grantId, scopes }) => {
      const { provider, details, finish } = await interactionOf(request)
      if (details === null) throw new Error('a request was approved that is not there')
      const clientId = String(details.params['client_id'])
      const grant = new provider.Grant({ jti: grantId, accountId: keyId, clientId } as never)
      for (const resource of [details.params['resource']].flat().map(String))
        if (resourceOf(resource, resources) !== null)
          grant.addResourceScope(resource, scopes.join(' '))
      await grant.save()
      return await finish({ login: { accountId: keyId, remember: false }, consent: { grantId } })
    },
    deny: async (request) => {
      const { finish } = await interactionOf(request)
      return await finish({ error: 'access_denied', error_description: 'The person refused it' })
    },
  }
}

async function openLibrary({
  db,
  log,
  now,
  origin,
  fetchDocument = documentFetcher(),
}: AuthorizationServerDeps): Promise<Provider> {
  const provider = new Provider(
    origin,
    configurationOf({
      keys: await db.write(() => serverKeys(now())),
      resources: resourcesOf(origin),
      adapter: (kind: string) => createStore({ db, now }, kind),
      isLive: async (keyId) => (await db.read(() => principalById(keyId, now()))) !== null,
      fetchDocument,
      show: (context, shown) => {
        if (shown.kind === 'error' && shown.unread)
          log.warn('oauth.document_unread', { why: shown.message })
        pages.set(context.req, shown)
        context.body = ''
      },
    }),
  )
  provider.proxy = true // it reads the headers that nodeExchange sets to the public address
  provider.on('server_error', (_context, error: Error) => log.error('oauth.failed', { error }))
  return provider
}

function scopesIn(scope: unknown): readonly Scope[] {
  const named = typeof scope === 'string' ? scope.split(' ') : []
  const known = SCOPES.filter((name) => named.includes(name))
  return known.length === 0 ? DEFAULT_SCOPES : known
}
