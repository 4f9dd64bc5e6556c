import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { DEFAULT_SCOPES } from '../../accounts/scopes.ts'
import type { Shown } from '../../connect/authorization-server.ts'
import { resourcesOf } from '../../connect/resources.ts'
import { AppError } from '../../errors.ts'
import { sendPage } from '../../web/responses/page.ts'
import { consentRoutes } from '../../web/routes/consent.ts'
import { connectNotePage } from '../../web/views/consent.ts'
import { deviceCodePage, deviceConfirmPage } from '../../web/views/device.ts'
import type { Page } from '../../web/views/document.ts'
import { limited } from './context/refusals.ts'
import { RESOURCE_METADATA } from './context/challenge.ts'
import type { HttpEnv } from './context/env.ts'

/** Where clients look for a sign-in of their own, first of all without being told. */
const LOOKED_FOR = [
  RESOURCE_METADATA,
  `${RESOURCE_METADATA}/*`,
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/*',
  '/.well-known/openid-configuration',
  '/.well-known/openid-configuration/*',
  '/mcp/.well-known/*',
  '/oauth/*',
  '/register',
  '/authorize',
  '/token',
]

/** Routes that tell clients which sign in by themselves that this server takes API keys. Hosts show the text. */
export function withoutConnectors(api: OpenAPIHono<HttpEnv>): void {
  for (const path of LOOKED_FOR)
    api.all(path, () => {
      throw takesKeys()
    })
}

/** Largest request to the authorization server, in bytes. */
const BODY_MAX = 64 * 1024

const SERVER_METADATA = '/.well-known/oauth-authorization-server'
const OPENID_METADATA = '/.well-known/openid-configuration'

export type Connectors = NonNullable<HttpEnv['Variables']['connectors']>

/** Routes of the OAuth authorization server, and of what clients look up to find it. */
export function withConnectors(api: OpenAPIHono<HttpEnv>, connectors: Connectors): void {
  const { origin, server } = connectors
  api.use('/oauth/*', limited(BODY_MAX))
  const resources = resourcesOf(origin)
  for (const [path, resource] of [
    [RESOURCE_METADATA, resources.server],
    [`${RESOURCE_METADATA}/mcp`, resources.mcp],
  ] as const)
    api.get(path, (context) => {
      context.header('access-control-allow-origin', '*')
      return context.json({
        resource,
        authorization_servers: [origin],
        scopes_supported: DEFAULT_SCOPES,
        bearer_methods_supported: ['header'],
        resource_name: 'Inkwell',
      })
    })
  // Older clients look below the path of the resource.
  for (const path of [SERVER_METADATA, OPENID_METADATA])
    for (const suffix of ['', '/mcp'])
      api.get(`${path}${suffix}`, async ({ req }) => {
        const request = new Request(new URL(path, req.url), { headers: req.raw.headers })
        return (await (await server()).answer(request)).response
      })
  api.route('/', consentRoutes(server))
  api.all('/oauth/*', (context) => answer(context, connectors))
}

async function answer(context: Context<HttpEnv>, { server }: Connectors): Promise<Response> {
  const { app } = context.var
  const { method, path, raw } = context.req
  // Each of them writes a row, or fetches the document of a client, for anybody.
  if (/^\/oauth\/(?:register|device\/code)$/.test(path) && method === 'POST')
    await app.requestLimit.count('all', 'registrations')
  if (path === '/oauth/authorize') await app.requestLimit.count('all', 'signIns')
  const { response, shown } = await (await server()).answer(raw)
  if (shown === null) return response
  for (const cookie of response.headers.getSetCookie())
    context.header('set-cookie', cookie, { append: true })
  context.status((shown.kind === 'error' ? shown.status : response.status) as 400)
  return await sendPage(context, pageOf(context, shown))
}

function pageOf({ req, var: { app } }: Context<HttpEnv>, shown: Shown): Page {
  if (shown.kind === 'code')
    return deviceCodePage(app.mode, shown, (req.query('user_code') ?? '').slice(0, 20))
  if (shown.kind === 'confirm') return deviceConfirmPage(app.mode, shown)
  if (shown.kind === 'done')
    return connectNotePage(app.mode, {
      title: 'Connected',
      text: 'You can close this page: the device goes on by itself.',
    })
  const next = shown.unread
    ? 'The client says there who it is. Tell the operator of this server, which has to reach it.'
    : 'Start again in the client; if it happens again, tell its makers.'
  return connectNotePage(app.mode, {
    title: 'This sign-in cannot go on',
    text: `${shown.message} ${next}`,
  })
}

function takesKeys(): AppError {
  return new AppError(
    'not_found',
    'This server takes API keys. It has no sign-in of its own for clients.',
    {
      hint: 'Set the header `Authorization: Bearer ink_…` in your client; the operator of this server gives out keys.',
    },
  )
}
