import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { watchEventLoop } from './event-loop.ts'
import { METRICS, type Meter, type MetricName } from '../../metrics.ts'

const PREFIX = 'inkwell_'

/** Registers the measurements of a meter and the default process metrics for Prometheus. */
export function collect(meter: Meter, mcpSessions: () => number): Registry {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: PREFIX })
  watchEventLoop(registry, PREFIX)
  const recorders = new Map<MetricName, (value: number, labels: Record<string, string>) => void>()
  for (const [key, metric] of Object.entries(METRICS)) {
    const name = `${PREFIX}${key}`
    const { help, labels } = metric
    const shape = { name, help, labelNames: [...labels], registers }
    if (metric.kind === 'counter') {
      const counter = new Counter(shape)
      recorders.set(key as MetricName, (value, of) => counter.inc(of, value))
    } else {
      const histogram = new Histogram({ ...shape, buckets: [...metric.buckets] })
      recorders.set(key as MetricName, (value, of) => histogram.observe(of, value))
    }
  }
  const sessions: Gauge = new Gauge({
    name: `${PREFIX}mcp_sessions`,
    help: 'Open sessions of 2025-era MCP clients',
    registers,
    collect: () => sessions.set(mcpSessions()),
  })
  meter.forward((name, value, labels) => recorders.get(name)?.(value, labels))
  return registry
}
