import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { App } from '../../app.ts'
import { METRICS, type MetricName } from '../../metrics.ts'
import { watchEventLoop } from './event-loop.ts'
import { addGauges } from './gauges.ts'
import { metricsOf, type Metrics } from './worker.ts'

const PREFIX = 'inkwell_'

/** Standard metrics of Node.js that break the rules of Prometheus for names: a gauge must not end in `_total`. */
const MISNAMED = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
]

/** Registers the measurements of an app, its state, and the standard metrics of Node.js processes for Prometheus. */
export function collect(app: App, mcpSessions: () => number): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  watchEventLoop(registry, PREFIX)
  const recorders = new Map<MetricName, (value: number, labels: Record<string, string>) => void>()
  for (const [key, metric] of Object.entries(METRICS)) {
    const { help, labels } = metric
    const shape = { name: `${PREFIX}${key}`, help, labelNames: [...labels], registers }
    if (metric.kind === 'counter') {
      const counter = new Counter(shape)
      recorders.set(key as MetricName, (value, of) => counter.inc(of, value))
    } else if (metric.kind === 'gauge') {
      const gauge = new Gauge({ ...shape, aggregator: 'max' }) // of all workers
      gauge.remove() // unknown until it is set
      recorders.set(key as MetricName, (value, of) => gauge.set(of, value))
    } else {
      const histogram = new Histogram({ ...shape, buckets: [...metric.buckets] })
      recorders.set(key as MetricName, (value, of) => histogram.observe(of, value))
    }
  }
  addGauges(app, { prefix: PREFIX, registry, mcpSessions })
  app.meter.forward((name, value, labels) => recorders.get(name)?.(value, labels))
  return metricsOf(registry)
}
