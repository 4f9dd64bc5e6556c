type Kind = 'counter' | 'histogram' | 'gauge'
type Metric = { kind: Kind; help: string; labels: readonly string[]; buckets?: readonly number[] }

const SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300]

/** All metrics. Each name is served at /metrics with the prefix `inkwell_`. */
export const METRICS = {
  http_request_seconds: {
    kind: 'histogram',
    help: 'Time from a request to the head of its answer',
    labels: ['method', 'route', 'status'],
    buckets: SECONDS,
  },
  tool_call_seconds: {
    kind: 'histogram',
    help: 'Time of a call of a tool; outcome is ok or an error code',
    labels: ['tool', 'outcome'],
    buckets: SECONDS,
  },
  generation_seconds: {
    kind: 'histogram',
    help: 'Time of a generation from its hold to its end; outcome is completed, unknown or an error code',
    labels: ['operation', 'provider', 'model', 'outcome'],
    buckets: SECONDS,
  },
  upstream_seconds: {
    kind: 'histogram',
    help: 'Time of the work at a provider, waiting in its queue included; outcome is ok or an error code',
    labels: ['operation', 'provider', 'outcome'],
    buckets: SECONDS,
  },
  charged_micro_dollars_total: {
    kind: 'counter',
    help: 'What generations cost that this server charged, own-key work included, in micro-dollars',
    labels: ['operation', 'provider', 'model'],
  },
  db_retries_total: {
    kind: 'counter',
    help: 'Transactions on PostgreSQL that were tried again; sqlstate is why, or connection_lost',
    labels: ['sqlstate'],
  },
  webhook_received_timestamp_seconds: {
    kind: 'gauge',
    help: 'Time of the last payment event with a valid signature that this server received, since 1970',
    labels: [],
  },
  unpaid_jobs_total: {
    kind: 'counter',
    help: 'Jobs that the image service billed, or may have, and nobody was charged for; code is why',
    labels: ['code'],
  },
  unpaid_dollars_total: {
    kind: 'counter',
    help: 'What those jobs cost, in US dollars, as far as it is known',
    labels: ['code'],
  },
  files_lost_total: {
    kind: 'counter',
    help: 'Reads of a file that is not in its store, though nothing removed it: look at once',
    labels: [],
  },
  log_lines_dropped_total: {
    kind: 'counter',
    help: 'Log lines that were not written, because stderr was closed or its reader too slow',
    labels: [],
  },
  commit_units: {
    kind: 'histogram',
    help: 'Units of work that shared one commit of the ledger',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
  },
} as const satisfies Record<string, Metric>

/**
 * The labels of the metrics of a generation. `model` is `other` for a model that is not listed: anyone can invent names.
 */
export type WorkLabels = { operation: string; provider: string; model: string }

/** Returns the labels of a generation. */
export function workLabels(work: WorkLabels & { priceSource: string }): WorkLabels {
  const { operation, provider, model, priceSource } = work
  const isListed = priceSource === 'catalog' || priceSource === 'operator'
  return { operation, provider, model: isListed ? model : 'other' }
}

export type MetricName = keyof typeof METRICS
type LabelsOf<N extends MetricName> = Record<(typeof METRICS)[N]['labels'][number], string>

type Recorder = <N extends MetricName>(name: N, value: number, labels: LabelsOf<N>) => void

export type Meter = {
  record: Recorder
  /** Sends measurements to `recorder` from now on. Before this they are dropped. */
  forward(recorder: Recorder): void
}

/** Creates a meter, which passes measurements to the recorder that is set, if any. */
export function createMeter(): Meter {
  let current: Recorder = () => {}
  return {
    record: (name, value, labels) => current(name, value, labels),
    forward: (recorder) => {
      current = recorder
    },
  }
}
