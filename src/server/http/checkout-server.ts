import { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { hostHeaderValidationResponse } from '@modelcontextprotocol/server'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../../app.ts'
import { toAppError } from '../../to-app-error.ts'
import type { CheckoutEnv } from '../../web/routes/env.ts'
import { paymentPages } from '../../web/web.ts'
import { unknownRoute, shownRefusal } from './context/refusals.ts'

const HOST = '127.0.0.1'

/** After a response the browser has this long to request the next page, in milliseconds. */
const LINGER_MS = 500

export type CheckoutServer = {
  /** `http://127.0.0.1:<port>` */
  origin: string
  /** Closes after a short time without requests, so that the payer still sees the result of the payment. */
  close(): Promise<void>
}

/**
 * Serves the payment pages of a process that has no HTTP server, on loopback only. It does not keep the
 * process alive.
 */
export async function serveCheckout(app: App): Promise<CheckoutServer> {
  const pages = new Hono<CheckoutEnv>()
  let lastRequestAt = -Infinity
  pages.use(secureHeaders({ referrerPolicy: 'same-origin' }))
  pages.use(async (context, next) => {
    const refused = hostHeaderValidationResponse(context.req.raw, [HOST])
    if (refused !== undefined) return refused
    context.set('app', app)
    context.set('isOwnMachine', true)
    lastRequestAt = performance.now()
    return await next()
  })
  pages.route('/', paymentPages())
  pages.notFound((context) => shownRefusal(context, unknownRoute(context), app.mode))
  pages.onError((error, context) =>
    shownRefusal(context, toAppError(error, app.log, 'pages'), app.mode),
  )
  return await new Promise((resolve, reject) => {
    const server = serve({ fetch: pages.fetch, hostname: HOST, port: 0 }, ({ port }: AddressInfo) =>
      resolve({ origin: `http://${HOST}:${port}`, close }),
    )
    server.once('error', reject)
    server.on('connection', (socket: Socket) => socket.unref())
    server.unref()

    async function close(): Promise<void> {
      while (performance.now() < lastRequestAt + LINGER_MS) await sleep(LINGER_MS / 5)
      await new Promise((ended) => {
        server.close(ended)
        if (server instanceof Server) server.closeAllConnections()
      })
    }
  })
}
