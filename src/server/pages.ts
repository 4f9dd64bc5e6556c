import { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { hostHeaderValidationResponse } from '@modelcontextprotocol/server'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../app.ts'
import { toAppError } from './errors.ts'
import { billingPages } from './http/billing/pages.ts'
import type { HttpEnv } from './http/env.ts'
import { noSuchAddress, refusal } from './http/refusals.ts'

const HOST = '127.0.0.1'

/**
 * Serves the payment pages of a process that has no HTTP face, on this machine only, until the process
 * ends. It keeps none alive. Answers its address.
 */
export async function servePages(app: App): Promise<string> {
  const pages = new Hono<HttpEnv>()
  pages.use(secureHeaders({ referrerPolicy: 'same-origin' }))
  pages.use(async (context, next) => {
    const refused = hostHeaderValidationResponse(context.req.raw, [HOST])
    if (refused !== undefined) return refused
    context.set('app', app)
    return await next()
  })
  billingPages(pages)
  pages.notFound((context) => refusal(context, noSuchAddress()))
  pages.onError((error, context) => refusal(context, toAppError(error, app.log, 'pages')))
  return await new Promise((resolve, reject) => {
    const server = serve({ fetch: pages.fetch, hostname: HOST, port: 0 }, (bound: AddressInfo) =>
      resolve(`http://${HOST}:${bound.port}`),
    )
    server.once('error', reject)
    if (server instanceof Server) server.unref()
  })
}
