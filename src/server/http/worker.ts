import cluster from 'node:cluster'
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client'
import { AppError } from '../../errors.ts'

/** The metrics of one worker. */
export type Measured = MetricObjectWithValues<MetricValue<string>>[]

/** What a worker tells the process that started it. */
export type FromWorker =
  | { inkwell: 'listening'; origin: string }
  | { inkwell: 'measured'; id: number; metrics: Measured }
  /** Asks for the metrics of all workers. */
  | { inkwell: 'metrics'; id: number }

/** What it is told. `text` is null if not all workers answered. */
export type ToWorker =
  | { inkwell: 'measure'; id: number }
  | { inkwell: 'metrics'; id: number; text: string | null }

/** What `/metrics` returns. `text` throws `internal` if a worker does not answer. */
export type Metrics = { contentType: string; text(this: void): Promise<string> }

/** Says that this worker listens, or calls `print` in a process that serves alone. */
export function announce(origin: string, print: (origin: string) => void): void {
  if (cluster.isWorker) tell({ inkwell: 'listening', origin })
  else print(origin)
}

/** Returns the metrics of a process that serves alone, or of all workers together. */
export function metricsOf(registry: Registry): Metrics {
  const { contentType } = registry
  if (!cluster.isWorker) return { contentType, text: () => registry.metrics() }
  const waiting = new Map<number, (text: string | null) => void>()
  process.on('message', (message: ToWorker) => {
    const { inkwell, id } = message
    if (inkwell === 'measure')
      void registry.getMetricsAsJSON().then((metrics) => tell({ inkwell: 'measured', id, metrics }))
    else if (inkwell === 'metrics') {
      waiting.get(id)?.(message.text)
      waiting.delete(id)
    }
  })
  let lastId = 0
  const text = async (): Promise<string> => {
    const id = (lastId += 1)
    const answer = await new Promise<string | null>((resolve) => {
      waiting.set(id, resolve)
      tell({ inkwell: 'metrics', id })
    })
    if (answer !== null) return answer
    throw new AppError('internal', 'A process of this server did not answer.', {
      hint: 'Ask again in a moment.',
    })
  }
  return { contentType, text }
}

function tell(message: FromWorker): void {
  process.send?.(message)
}
