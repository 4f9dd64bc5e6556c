import { subscribe } from 'node:diagnostics_channel'

/** Errors of connections that were never established. They are forgotten when they are garbage collected. */
const failures = new WeakSet()

// The HTTP client of Node (22 and 24) publishes each error here, and fetch rejects with the same object as its cause.
// So no list of error codes is needed: DNS, routes, TLS, certificates, time-outs, file descriptors.
subscribe('undici:client:connectError', (message) => {
  const { error } = message as { error?: unknown }
  if (error instanceof Error) failures.add(error)
})

/** Returns whether a fetch failed before it had a connection, so that no part of the request has left this machine. */
export function neverConnected(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && failures.has(error.cause)
}
