import { once } from 'node:events'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { createApp } from '../../../src/app.ts'
import { loadConfig } from '../../../src/config.ts'
import { clientMetadata } from '../../../src/connect/client-metadata.ts'
import { createHttp } from '../../../src/server/http/http.ts'
import type { Home } from '../../support/app.ts'

/**
 * The documents in which clients say who they are, in place of their makers' sites. Their contents are what the tests
 * need of them: an address on this machine, and a name.
 */
const DOCUMENTS: Readonly<Record<string, string>> = {
  'https://claude.ai/oauth/claude-code-client-metadata': 'Claude Code',
  'https://chatgpt.com/oauth/codex/client.json': 'Codex',
}

function documentAt(client_id: string): Promise<Response> {
  const client_name = DOCUMENTS[client_id]
  if (client_name === undefined) throw new Error(`${client_id} is not this machine`)
  const redirect_uris = ['http://localhost/callback', 'http://127.0.0.1/callback']
  return Promise.resolve(Response.json(clientMetadata({ client_id, client_name, redirect_uris })))
}

/** A server to which clients sign in by themselves, in this process, at a port of this machine. */
export async function serveConnectors(home: Home, port: number): Promise<AsyncDisposable> {
  const app = createApp(loadConfig(home.env), { fetchDocument: documentAt })
  const publicUrl = `http://127.0.0.1:${port}`
  const http = await createHttp(app, { hosts: ['127.0.0.1'], publicUrl, hasConnectors: true })
  const server = serve({ fetch: http.fetch, hostname: '127.0.0.1', port }) as Server
  await once(server, 'listening')
  return {
    [Symbol.asyncDispose]: async () => {
      await http.close()
      server.closeAllConnections()
      server.close()
      await app.close()
    },
  }
}
