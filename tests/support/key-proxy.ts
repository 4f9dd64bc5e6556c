import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type KeyProxy = { url: string } & AsyncDisposable

/**
 * A loopback proxy that puts a key on every request, for programs that can not send one. All else goes
 * through as it came, streams and hang-ups too. Host is no exception: the server looks at the name in it and
 * not at the port, so a request for the proxy suits it, and a forged name is refused by the server itself.
 */
export async function keyProxy(target: string, key: string): Promise<KeyProxy> {
  const { hostname, port } = new URL(target)
  const forward = (asked: IncomingMessage, answer: ServerResponse): void => {
    const headers = [...asked.rawHeaders, 'authorization', `Bearer ${key}`]
    const onward = request({
      hostname,
      port,
      headers,
      method: asked.method,
      path: asked.url,
      setHost: false,
    })
    onward.on('response', (reply) => {
      answer.writeHead(reply.statusCode ?? 0, reply.rawHeaders)
      answer.flushHeaders() // a stream begins with them, long before its first event
      reply.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  }
  const proxy = createServer(forward).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}
