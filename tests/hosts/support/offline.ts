import { Socket } from 'node:net'

/** Hosts that were called though they are not this machine. No such call leaves. */
export const called: string[] = []

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/

// Everything that Node.js sends over a network goes through this one method.
const connect = Reflect.get(Socket.prototype, 'connect') as (...args: unknown[]) => Socket
Socket.prototype.connect = function watched(this: Socket, ...args: unknown[]): Socket {
  const host = hostOf(args.flat())
  if (LOOPBACK.test(host)) return Reflect.apply(connect, this, args)
  called.push(host)
  setImmediate(() => this.destroy(new Error(`${host} is not this machine`))) // the caller listens by then
  return this
}

/** The host of `connect(options)` or `connect(port, host)`. */
function hostOf([first, second]: unknown[]): string {
  const { host } = typeof first === 'object' ? (first as { host?: unknown }) : { host: second }
  return typeof host === 'string' ? host : 'localhost'
}
