import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What becomes of requests: they pass, meet a service that is down, slow or failing, or break off in the middle. A mute
 * service does what it is asked and never answers.
 */
export type Weather = 'fair' | 'down' | 'slow' | 'failing' | 'half' | 'mute'

export type StoreProxy = AsyncDisposable & {
  origin: string
  /** How long a slow service takes longer, in milliseconds. */
  slowMs: number
  weather: Weather
  /** Method and status of each request that has passed, oldest first. */
  passed: string[]
}

/** A proxy on loopback before a store, which breaks what passes as a test says. It changes no header. */
export async function storeProxy(target: string): Promise<StoreProxy> {
  const server = createServer((asked, answer) => void pass(asked, answer).catch(() => {}))
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { weather } = proxy
    const { socket } = asked
    if (weather === 'down') return void socket.destroy()
    if (weather === 'slow') await sleep(proxy.slowMs)
    if (weather === 'failing') {
      asked.resume()
      return void answer.writeHead(503, { 'content-length': '0' }).end()
    }
    const { method, url, headers } = asked
    const on = request(`${target}${url}`, { method, headers })
    on.once('error', () => socket.destroy())
    on.once('response', (response) => {
      proxy.passed.push(`${method} ${response.statusCode}`)
      if (weather === 'mute') return void response.resume()
      answer.writeHead(response.statusCode ?? 502, response.rawHeaders)
      response.pipe(answer)
    })
    if (weather !== 'half' || method !== 'PUT') return void asked.pipe(on)
    // Half of what was announced arrives, and then nothing.
    const half = Math.floor(Number(headers['content-length'] ?? 0) / 2)
    let sent = 0
    for await (const chunk of asked as AsyncIterable<Buffer>) {
      on.write(chunk.subarray(0, Math.max(0, half - sent)))
      sent += chunk.length
      if (sent >= half) break
    }
    on.destroy()
    socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const proxy: StoreProxy = {
    origin: `http://127.0.0.1:${port}`,
    slowMs: 2_000,
    weather: 'fair',
    passed: [],
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
  return proxy
}
