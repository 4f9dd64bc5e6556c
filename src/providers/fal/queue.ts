import { setTimeout as sleep } from 'node:timers/promises'
import type { FalClient } from '@fal-ai/client'
import { AppError } from '../../errors.ts'
import type { FalFetch } from './fetch.ts'
import { OutcomeUnknownError, type Progress } from '../provider.ts'

/** fal deletes inputs and outputs after this time; both are ours before that. */
const LIFECYCLE = { expiresIn: '1d' } as const
const REQUEST_ID = /^[\w-]{8,64}$/

/** Waits between polls, in milliseconds: quick for quick models, patient for long ones. */
const POLL_MS = [100, 200, 300, 500, 750, 1_000]
const POLL_SLOW_MS = 2_000

/** The way to fal: its client, and the fetch under it. */
export type Channel = { client: FalClient; fetch: FalFetch['fetch']; key: string }

/** Sends a job, once. Answers its id. Throws `OutcomeUnknownError` where it may or may not have begun. */
export async function submit(
  { client }: Channel,
  endpoint: string,
  input: Record<string, unknown>,
): Promise<string> {
  const { request_id: id } = await client.queue.submit(endpoint, {
    input,
    storageSettings: LIFECYCLE,
  })
  if (typeof id === 'string' && REQUEST_ID.test(id)) return id
  throw new OutcomeUnknownError()
}

/** fal dropped a job before it began: nothing of it is billed. */
export class NotBegunError extends AppError {}

export type QueuedJob = { endpoint: string; id: string }
export type Watch = {
  signal: AbortSignal
  onProgress: (progress: Progress) => void
  deadlineAt: number
}

/**
 * Waits for a job and fetches its result. An abort cancels the job where it has not begun, and throws
 * `cancelled`; where it has, the result is waited for. Throws `upstream_timeout` at the deadline.
 */
export async function result(channel: Channel, job: QueuedJob, watch: Watch): Promise<unknown> {
  for (let poll = 0, asked = false; ; poll += 1) {
    if (watch.signal.aborted && !asked) {
      asked = true
      if (await cancel(channel, job)) throw cancelledBeforeStart()
    }
    const word = await statusOf(channel, job)
    if (word === 'COMPLETED') break
    watch.onProgress(
      word === 'IN_QUEUE'
        ? { fraction: 0.1, message: 'Waiting in the queue of fal.ai' }
        : { fraction: 0.5, message: 'fal.ai is working' },
    )
    if (Date.now() > watch.deadlineAt) {
      throw tooLate(await cancel(channel, job))
    }
    await pause(POLL_MS[poll] ?? POLL_SLOW_MS, asked ? undefined : watch.signal)
  }
  const { data } = await again(() =>
    channel.client.queue.result(job.endpoint, { requestId: job.id }),
  )
  return data as unknown
}

/** fal's word for how a job stands; undefined where it said nothing. */
async function statusOf(
  { client }: Channel,
  { endpoint, id }: QueuedJob,
): Promise<string | undefined> {
  type Status = { status?: string } | null
  const status: Status = await again(() => client.queue.status(endpoint, { requestId: id }))
  return status?.status
}

/** Tries for a word on a job that fal has: one bad moment must not lose work that is paid for there. */
const TRIES = 3

/** Asks again after silence and gibberish; what an answer says is for the client to repeat, and it does. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      const isPassing =
        error instanceof SyntaxError || (error instanceof Error && error.name === 'TimeoutError')
      if (!isPassing || tries === TRIES) throw error
    }
  }
}

/**
 * Asks fal to drop a job. True where it had not begun, so that nothing of it will be billed. The client
 * does not tell that apart from "it will be tried", so this one request is made without it.
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
    return false // unknown: then the result is waited for
  }
}

/** The deadline passed. What has begun by then goes on at fal, and may be billed. */
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

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
  }
}
