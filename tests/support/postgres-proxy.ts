import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands between a ledger and its server, and can lose what one says to the other. */
export type PostgresProxy = AsyncDisposable & {
  url: string
  /** Lets this many commits reach the server, and cuts each connection before its answer comes back. */
  loseCommits(count: number): void
  /** How many were lost so far. */
  lost: number
}

const COMMIT = Buffer.from('commit\0')

export async function postgresProxy(server: string): Promise<PostgresProxy> {
  const target = new URL(server)
  const sockets = new Set<Socket>()
  let toLose = 0
  const listener = createServer((inside) => {
    const outside = connect(Number(target.port), target.hostname)
    let losing = false
    for (const socket of [inside, outside]) {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket)
          inside.destroy()
          outside.destroy()
        })
    }
    inside.on('data', (data) => {
      if (toLose > 0 && !losing && data.includes(COMMIT)) {
        toLose -= 1
        losing = true
      }
      outside.write(data)
    })
    outside.on('data', (data) => {
      if (!losing) return void inside.write(data)
      if (!data.includes('COMMIT\0')) return // what was asked before it: not heard either
      proxy.lost += 1
      inside.destroy()
    })
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const url = new URL(server)
  url.port = String((listener.address() as { port: number }).port)
  const proxy: PostgresProxy = {
    url: url.href,
    lost: 0,
    loseCommits: (count) => void (toLose += count),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
  return proxy
}
