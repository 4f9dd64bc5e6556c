import { subscribe } from 'node:diagnostics_channel'

/** The errors of connections that were never made, for as long as somebody keeps them. */
const failures = new WeakSet()

// The HTTP client inside Node (22 and 24) publishes each one here, and its fetch rejects with this very object as
// the cause. So no list of codes has to be right: names, routes, TLS, certificates, time-outs, file descriptors.
subscribe('undici:client:connectError', (message) => {
  const { error } = message as { error?: unknown }
  if (error instanceof Error) failures.add(error)
})

/** Whether a fetch failed before it had a connection, so that nothing of the request has left this machine. */
export function neverConnected(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && failures.has(error.cause)
}
