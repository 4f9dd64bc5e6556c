import cluster from 'node:cluster'

/** A stopping process exits after this time even if something hangs, in milliseconds. */
export const EXIT_MS = 6_000

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Resolves at the first signal to stop. A second one ends the process at once, except a worker: a terminal or systemd
 * sends the signal to all processes, and then the one that started it does so again.
 */
export function stopSignal(): Promise<void> {
  const method = cluster.isWorker ? 'on' : 'once'
  return new Promise((resolve) => {
    for (const signal of STOP_SIGNALS) process[method](signal, () => resolve())
  })
}
