import {
  bodyOf,
  header,
  type Call,
  type Host,
  type EmulatorContext,
  type Incoming,
} from './context.ts'
import { appOf } from './ids.ts'
import type { Job } from './books.ts'
import { fromAnswer, json, type Reply } from './reply.ts'
import { addressesOf, statusOf, statusStream } from './status.ts'

const REQUEST =
  /^\/(?<app>.+)\/requests\/(?<id>[^/]+)(?<rest>\/status|\/status\/stream|\/cancel|\/response)?$/

/** queue.fal.run: submit, status, status stream, result and cancel. */
export const queueHost: Host = (context, incoming) => {
  const parts = REQUEST.exec(incoming.path)?.groups
  if (parts !== undefined) return onRequest(context, incoming, parts)
  if (incoming.method !== 'POST') return null
  const endpoint = incoming.path.slice(1)
  return {
    stage: 'submit',
    endpoint,
    guarded: true,
    answer: () => submit(context, incoming, endpoint),
  }
}

function submit({ jobs }: EmulatorContext, incoming: Incoming, endpoint: string): Reply {
  const queued = jobs.all.filter(({ state }) => state === 'IN_QUEUE').length
  const queueMax = incoming.query.get('fal_max_queue_length')
  if (queueMax !== null && queued >= Number(queueMax)) {
    return json(429, { detail: 'The queue is full.' }, { 'x-fal-needs-retry': '1' })
  }
  const seconds =
    header(incoming, 'x-fal-request-start-timeout') ?? header(incoming, 'x-fal-request-timeout')
  const job = jobs.accept({
    endpoint,
    via: 'queue',
    input: bodyOf(incoming),
    startTimeoutMs: seconds === null ? undefined : Number(seconds) * 1000,
  })
  const accepted = {
    status: 'IN_QUEUE',
    request_id: job.requestId,
    ...addressesOf(job),
    queue_position: queued,
  }
  return json(200, accepted, { 'x-fal-request-id': job.requestId })
}

function onRequest(
  context: EmulatorContext,
  { method, query }: Incoming,
  { app, id = '', rest }: Record<string, string | undefined>,
): Call | null {
  const found = context.jobs.find(id)
  const isOwn = found !== undefined && (app === found.endpoint || app === appOf(found.endpoint))
  const call = (stage: Call['stage'], answer: (job: Job) => Reply): Call => ({
    stage,
    endpoint: isOwn ? found.endpoint : null,
    guarded: isOwn, // an id fal does not know is a 404 with or without a key
    answer: () => (isOwn ? answer(found) : json(404, { status: 'NOT_FOUND' })),
  })
  if (rest === '/cancel')
    return method === 'PUT' ? call('cancel', (job) => cancel(context, job)) : null
  if (method !== 'GET') return null
  if (rest === '/status') return call('status', (job) => statusOf(context, job, query))
  if (rest === '/status/stream') return call('stream', (job) => statusStream(context, job, query))
  return call('result', result)
}

function cancel({ jobs }: EmulatorContext, job: Job): Reply {
  const word = jobs.cancel(job)
  const status = { OK: 200, CANCELLATION_REQUESTED: 202, ALREADY_COMPLETED: 400 }[word]
  return json(status, { status: word })
}

function result(job: Job): Reply {
  if (job.answer === null) return json(400, { detail: 'Request is still in progress' })
  return fromAnswer(job.answer)
}
