import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { makeCertificate } from './certificate.ts'

/** An address at which no connection can be made, and how often somebody tried where that can be seen. */
export type Unreachable = AsyncDisposable & { url: string; tries: (() => number) | null }

/** Every way in which a connection fails before a request can be sent, by name. */
export const UNREACHABLE: Readonly<Record<string, () => Promise<Unreachable>>> = {
  'a port that nobody listens on': async () => {
    const { port, end } = await listening(createServer())
    await end()
    return at(`http://127.0.0.1:${port}`)
  },
  'an address without a route': async () => at('http://255.255.255.255'),
  'a name that does not exist': async () => at('http://nobody.invalid'),
  'a certificate that nobody has signed': async () =>
    await overTls(createTlsServer(makeCertificate())),
  'a server that speaks no TLS': async () =>
    await answering((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  'a server that hangs up in the handshake': async () => await answering((socket) => socket.end()),
  'a server that resets the handshake': async () =>
    await answering((socket) => socket.resetAndDestroy()),
}

/** A server over https that does one thing with the first bytes of a handshake. */
async function answering(answer: (socket: Socket) => void): Promise<Unreachable> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => answer(socket))
  })
  return await overTls(server)
}

async function overTls(server: Server): Promise<Unreachable> {
  let tries = 0
  server.on('connection', () => void (tries += 1))
  const { port, end } = await listening(server)
  return {
    url: `https://127.0.0.1:${port}`,
    tries: () => tries,
    [Symbol.asyncDispose]: end,
  }
}

async function listening(server: Server): Promise<{ port: number; end: () => Promise<void> }> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const end = () => new Promise<void>((resolve) => void server.close(() => resolve()))
  return { port: address.port, end }
}

function at(url: string): Unreachable {
  return { url, tries: null, [Symbol.asyncDispose]: async () => {} }
}
