import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Histogram, type Registry } from 'prom-client'

/** How often a delay is measured, and how often the longest is recorded, in milliseconds. */
const RESOLUTION_MS = 10
const RECORD_MS = 1_000

/**
 * Records the longest delay of the event loop in each second: how long a request had to wait for others. A histogram is
 * not reset when it is read, so that several readers see the same.
 */
export function watchEventLoop(registry: Registry, prefix: string): void {
  const histogram = new Histogram({
    name: `${prefix}event_loop_delay_seconds`,
    help: 'Longest delay of the event loop in each second',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [registry],
  })
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  const record = (): void => {
    histogram.observe(Math.max(0, delays.max / 1e9 - RESOLUTION_MS / 1000))
    delays.reset()
  }
  setInterval(record, RECORD_MS).unref()
}
