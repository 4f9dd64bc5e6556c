import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Delivery = { headers: Record<string, string>; body: string }

/** What a receiver does with a request. */
export type Behaviour = (response: ServerResponse) => void

export const status =
  (code: number, headers = {}): Behaviour =>
  (response) =>
    void response.writeHead(code, headers).end()
/** Takes the request and never answers. */
export const hangs: Behaviour = () => {}

export type AlertReceiver = AsyncDisposable & {
  url: string
  /** Every request, oldest first. */
  deliveries: Delivery[]
  /** From now on it behaves like this. */
  behave(behaviour: Behaviour): void
}

/** A receiver of webhooks on this machine. Its path is a secret, as those of chats are. */
export async function alertReceiver(first: Behaviour = status(204)): Promise<AlertReceiver> {
  let behaviour = first
  const deliveries: Delivery[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      deliveries.push({ headers: plain(request.headers), body: Buffer.concat(chunks).toString() })
      behaviour(response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/services/f3a90c71`,
    deliveries,
    behave: (next) => (behaviour = next),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
