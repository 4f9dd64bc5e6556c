import type { Writable } from 'node:stream'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createStdioTransport } from '../../server/stdio-transport.ts'
import { alone, readConnection, storeConnection } from './connection-file.ts'
import { withNewTokens } from './sign-in.ts'

/** Largest message from a client, in bytes. */
const MESSAGE_MAX = 64 * 1024 * 1024

/**
 * Passes MCP between stdin, `stdout` and a server elsewhere, with the tokens of this machine, until stdin ends. Throws
 * `unauthorized` without a connection.
 */
export async function serveBridge(
  { home, server }: { home: string; server: string },
  stdout: Writable,
): Promise<void> {
  const { resource } = await readConnection(home, server)
  const remote = new StreamableHTTPClientTransport(new URL(resource), {
    fetch: fetchWithTokens(home, server),
  })
  const local = createStdioTransport(process.stdin, stdout, { maxBytes: MESSAGE_MAX })
  const ended = Promise.withResolvers<void>()
  const report = (error: unknown): void => {
    process.stderr.write(`inkwell: ${error instanceof Error ? error.message : 'it failed'}\n`)
  }
  remote.onmessage = (message) => {
    const { result } = message as { result?: { protocolVersion?: unknown } }
    if (typeof result?.protocolVersion === 'string')
      remote.setProtocolVersion(result.protocolVersion)
    void local.send(message).catch(report)
  }
  local.onmessage = (message) => {
    remote.send(message).catch((error: unknown) => {
      report(error)
      const { id } = message as { id?: string | number }
      if (id === undefined) return
      const failure = { code: -32_000, message: 'The server elsewhere did not answer.' }
      void local.send({ jsonrpc: '2.0', id, error: failure }).catch(report)
    })
  }
  remote.onerror = report
  local.onclose = () => ended.resolve()
  await remote.start()
  await local.start()
  await ended.promise
  await remote.close()
}

/** Returns a `fetch` that sends the token of this machine, and gets a new one when it has run out. */
function fetchWithTokens(home: string, server: string) {
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const send = async (accessToken: string): Promise<Response> => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${accessToken}`)
      return await fetch(url, { ...init, headers })
    }
    const { accessToken } = await readConnection(home, server)
    const answer = await send(accessToken)
    if (answer.status !== 401) return answer
    await answer.body?.cancel()
    // A refresh token counts once. Another process may have used it already: its tokens are in the file.
    const current = await alone(home, server, async () => {
      const known = await readConnection(home, server)
      if (known.accessToken !== accessToken) return known
      const renewed = await withNewTokens(known)
      await storeConnection(home, renewed)
      return renewed
    })
    return await send(current.accessToken)
  }
}
