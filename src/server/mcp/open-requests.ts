import type { Transport } from '@modelcontextprotocol/server'

export type CountingTransport = Transport & {
  /** Resolves when every request that came in has its answer. */
  idle(): Promise<void>
}

/** A transport that knows which of its requests are still to be answered. */
export function countRequests(inner: Transport): CountingTransport {
  const open = new Set<string | number>()
  let waiting: (() => void)[] = []
  const closed = (id: string | number): void => {
    open.delete(id)
    if (open.size > 0) return
    for (const resolve of waiting) resolve()
    waiting = []
  }
  const outer: CountingTransport = {
    start: async () => {
      inner.onmessage = (message, extra) => {
        if ('method' in message && 'id' in message) open.add(message.id)
        outer.onmessage?.(message, extra)
      }
      inner.onclose = () => outer.onclose?.()
      inner.onerror = (error) => outer.onerror?.(error)
      await inner.start()
    },
    close: () => inner.close(),
    setProtocolVersion: (version) => inner.setProtocolVersion?.(version),
    send: async (message, options) => {
      await inner.send(message, options)
      if (!('method' in message) && message.id !== undefined) closed(message.id)
    },
    idle: () =>
      open.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)),
  }
  return outer
}
