import type { Job } from './books.ts'
import { isRecord } from './check.ts'
import type { EmulatorContext } from './context.ts'
import { appOf } from './ids.ts'
import { json, type Reply } from './reply.ts'

/** The addresses fal gives out for a job: under its app, not its full endpoint id. */
export function addressesOf({ endpoint, requestId }: Job): Record<string, string> {
  const base = `https://queue.fal.run/${appOf(endpoint)}/requests/${requestId}`
  return { response_url: base, status_url: `${base}/status`, cancel_url: `${base}/cancel` }
}

/** A job's status: 202 while it waits or runs, 200 when it is over, well or badly. */
export function statusOf(context: EmulatorContext, job: Job, query: URLSearchParams): Reply {
  const body = statusBody(context, job, query)
  context.jobs.polled(job)
  return json(body['status'] === 'IN_QUEUE' || body['status'] === 'IN_PROGRESS' ? 202 : 200, body, {
    'x-fal-request-id': job.requestId,
  })
}

/** The same as server-sent events: one for each change, until the job is over. */
export function statusStream(context: EmulatorContext, job: Job, query: URLSearchParams): Reply {
  async function* events(): AsyncGenerator<Buffer> {
    let last = ''
    for (;;) {
      const text = JSON.stringify(statusBody(context, job, query))
      if (text !== last) yield Buffer.from(`data: ${text}\n\n`)
      last = text
      if (job.state === 'COMPLETED') return
      await context.changed.wait()
    }
  }
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: events() }
}

function statusBody(
  { jobs }: EmulatorContext,
  job: Job,
  query: URLSearchParams,
): Record<string, unknown> {
  const word = jobs.faultsOf(job).find((fault) => fault.kind === 'statusWord')?.word
  const common = { status: word ?? job.state, request_id: job.requestId, ...addressesOf(job) }
  const logs =
    query.get('logs') === '1'
      ? [{ message: 'Working', timestamp: new Date().toISOString(), level: 'INFO', source: 'USER' }]
      : null
  if (job.state === 'IN_QUEUE') return { ...common, queue_position: ahead(jobs.all, job) }
  if (job.state === 'IN_PROGRESS') return { ...common, logs }
  return { ...common, logs, metrics: { inference_time: 0.005 }, ...errorOf(job) }
}

/** Jobs that wait in front of this one. */
function ahead(all: Job[], job: Job): number {
  return all.slice(0, all.indexOf(job)).filter(({ state }) => state === 'IN_QUEUE').length
}

/** fal's machines name their failures in the status; a model's own refusals show at the result only. */
function errorOf({ answer }: Job): Record<string, unknown> {
  const body = answer?.body
  if (!isRecord(body) || body['error_type'] === undefined) return {}
  return { error: body['detail'], error_type: body['error_type'] }
}
