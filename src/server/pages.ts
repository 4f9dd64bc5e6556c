import { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
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

/** A browser that was answered may ask for the next page: it gets this long, in milliseconds. */
const LINGER_MS = 500

export type Pages = {
  /** `http://127.0.0.1:<port>` */
  origin: string
  /** Ends once nothing was asked for a moment: a person sees how the payment went. */
  close(): Promise<void>
}

/**
 * Serves the payment pages of a process that has no HTTP face, on this machine only. It keeps no process
 * alive.
 */
export async function servePages(app: App): Promise<Pages> {
  const pages = new Hono<HttpEnv>()
  let askedAt = -Infinity
  pages.use(secureHeaders({ referrerPolicy: 'same-origin' }))
  pages.use(async (context, next) => {
    const refused = hostHeaderValidationResponse(context.req.raw, [HOST])
    if (refused !== undefined) return refused
    context.set('app', app)
    askedAt = performance.now()
    return await next()
  })
  billingPages(pages)
  pages.notFound((context) => refusal(context, noSuchAddress()))
  pages.onError((error, context) => refusal(context, toAppError(error, app.log, 'pages')))
  return await new Promise((resolve, reject) => {
    const server = serve({ fetch: pages.fetch, hostname: HOST, port: 0 }, ({ port }: AddressInfo) =>
      resolve({ origin: `http://${HOST}:${port}`, close }),
    )
    server.once('error', reject)
    server.on('connection', (socket: Socket) => socket.unref())
    server.unref()

    async function close(): Promise<void> {
      while (performance.now() < askedAt + LINGER_MS) await sleep(LINGER_MS / 5)
      await new Promise((ended) => {
        server.close(ended)
        if (server instanceof Server) server.closeAllConnections()
      })
    }
  })
}
