import type { Transport } from '@modelcontextprotocol/server'

export type CountingTransport = Transport & {
  /** Resolves when every received request is answered. */
  idle(): Promise<void>
}

/** Wraps a transport and tracks the requests that are not answered yet. */
export function countRequests(inner: Transport): CountingTransport {
  const open = new Set<string | number>()
  let waiting: (() => void)[] = []
  const markAnswered = (id: string | number): void => {
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
      if (!('method' in message) && message.id !== undefined) markAnswered(message.id)
    },
    idle: () =>
      open.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)),
  }
  return outer
}
