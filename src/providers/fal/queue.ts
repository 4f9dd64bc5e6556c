import { setTimeout as sleep } from 'node:timers/promises'
import type { FalClient } from '@fal-ai/client'
import { AppError } from '../../errors.ts'
import type { FalFetch } from './fetch.ts'
import { OutcomeUnknownError, type Progress } from '../provider.ts'
import { inStep } from '../../trace.ts'
import { retryBriefly } from './retry.ts'

/** fal deletes inputs and outputs after this time; by then they are saved here. */
const LIFECYCLE = { expiresIn: '1d' } as const
const REQUEST_ID = /^[\w-]{8,64}$/

/** Times between polls, in milliseconds: short at first, then longer. */
const POLL_MS = [100, 200, 300, 500, 750, 1_000]
const POLL_SLOW_MS = 2_000

/** The connection to fal: its client, the fetch that it uses, and the key. */
export type Channel = { client: FalClient; fetch: FalFetch['fetch']; key: string }

/** Sends a job, once. Returns its id. Throws `OutcomeUnknownError` if it is not known whether it began. */
export async function submit(
  { client }: Channel,
  endpoint: string,
  input: Record<string, unknown>,
): Promise<string> {
  const { request_id: id } = await inStep({ name: 'submit', kind: 'client' }, () =>
    client.queue.submit(endpoint, { input, storageSettings: LIFECYCLE }),
  )
  if (typeof id === 'string' && REQUEST_ID.test(id)) return id
  throw new OutcomeUnknownError()
}

/** fal dropped a job before it began: it is not billed. */
export class NotBegunError extends AppError {}

export type QueuedJob = { endpoint: string; id: string }
/** How to wait for a job. `deadlineAt` is in milliseconds of `performance.now()`, which no change of the clock moves. */
export type Watch = {
  signal: AbortSignal
  onProgress: (progress: Progress) => void
  deadlineAt: number
}

/**
 * Waits for a job and returns its result. An abort cancels a job that has not begun, and throws `cancelled`; if it has
 * begun, the result is awaited. Throws `upstream_timeout` at the deadline.
 */
export async function result(channel: Channel, job: QueuedJob, watch: Watch): Promise<unknown> {
  return await inStep({ name: 'poll', kind: 'client' }, () => poll(channel, job, watch))
}

async function poll(channel: Channel, job: QueuedJob, watch: Watch): Promise<unknown> {
  for (let round = 0, cancelTried = false; ; round += 1) {
    if (watch.signal.aborted && !cancelTried) {
      cancelTried = true
      if (await cancel(channel, job)) throw cancelledBeforeStart()
    }
    const askedAt = performance.now()
    const status = await statusOf(channel, job)
    if (status === 'COMPLETED') break
    watch.onProgress(
      status === 'IN_QUEUE'
        ? { fraction: 0.1, message: 'Waiting in the queue of fal.ai' }
        : { fraction: 0.5, message: 'fal.ai is working' },
    )
    if (performance.now() > watch.deadlineAt) {
      throw tooLate(await cancel(channel, job))
    }
    // From question to question: the id is stored while the first is answered, which must not delay the second.
    const nextAt = askedAt + (POLL_MS[round] ?? POLL_SLOW_MS)
    const waitMs = Math.max(0, nextAt - performance.now())
    await sleepUnlessAborted(waitMs, cancelTried ? undefined : watch.signal)
  }
  const { data } = await withRetry(() =>
    channel.client.queue.result(job.endpoint, { requestId: job.id }),
  )
  return data as unknown
}

/** Returns fal's status of a job; undefined if there is none. */
async function statusOf(
  { client }: Channel,
  { endpoint, id }: QueuedJob,
): Promise<string | undefined> {
  type Status = { status?: string } | null
  const status: Status = await withRetry(() => client.queue.status(endpoint, { requestId: id }))
  return status?.status
}

/** Repeats a request after a time-out or invalid JSON. The client itself repeats it after error statuses. */
function withRetry<T>(ask: () => Promise<T>): Promise<T> {
  return retryBriefly(ask, (error) => error instanceof SyntaxError || error.name === 'TimeoutError')
}

/**
 * Asks fal to drop a job. Returns true if it had not begun, so that it will not be billed. The client does not
 * distinguish this from "cancellation requested", so this request is made without it.
 */
async function cancel({ fetch, key }: Channel, { endpoint, id }: QueuedJob): Promise<boolean> {
  const [first = '', second = '', third = ''] = endpoint.split('/')
  const app =
    first === 'workflows' || first === 'comfy'
      ? `${first}/${second}/${third}`
      : `${first}/${second}`
  const url = `https://queue.fal.run/${app}/requests/${id}/cancel`
  try {
    const response = await fetch(url, { method: 'PUT', headers: { authorization: `Key ${key}` } })
    await response.body?.cancel()
    return response.status === 200
  } catch {
    return false // unknown: then the result is awaited
  }
}

/** The error for a passed deadline. A job that has begun continues at fal and may be billed. */
function tooLate(isDropped: boolean): AppError {
  const Failure = isDropped ? NotBegunError : AppError
  return new Failure('upstream_timeout', 'fal.ai did not finish in time. Nothing was charged.', {
    hint: 'Try again later, or use a faster model.',
  })
}

function cancelledBeforeStart(): NotBegunError {
  return new NotBegunError(
    'cancelled',
    'The call was cancelled before fal.ai began. Nothing was charged.',
    {
      hint: 'Call the tool again if the result is still wanted.',
    },
  )
}

async function sleepUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
  }
}
