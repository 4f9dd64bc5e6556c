import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeCertificate } from './certificate.ts'

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

const PATH = '/services/f3a90c71'

/** A receiver of webhooks on this machine. Its path is a secret, as those of chats are. */
export async function alertReceiver(first: Behaviour = status(204)): Promise<AlertReceiver> {
  return await receive(
    first,
    (listener) => createServer(listener),
    (port) => `http://127.0.0.1:${port}`,
  )
}

/** A receiver with a name on what a test takes for the public internet: `hosts` leads there, and to private addresses for `*.inside.test`. */
export async function publicReceiver(first: Behaviour = status(204)) {
  const { key, cert } = makeCertificate()
  const secure = (listener: RequestListener) => createSecureServer({ key, cert }, listener)
  const receiver = await receive(first, secure, (port) => `https://images.test:${port}`)
  const hosts = {
    ca: cert,
    isPublic: (address: string) => address === '127.0.0.1',
    lookup: async (name: string) => [name.endsWith('inside.test') ? '10.0.0.1' : '127.0.0.1'],
  }
  return { ...receiver, hosts }
}

async function receive(
  first: Behaviour,
  create: (listener: RequestListener) => ReturnType<typeof createServer>,
  originAt: (port: number) => string,
): Promise<AlertReceiver> {
  let behaviour = first
  const deliveries: Delivery[] = []
  const server = create((request, response) => {
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
    url: `${originAt(port)}${PATH}`,
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
