import type { RequestMiddleware } from '@fal-ai/client'
import { AppError } from '../../errors.ts'
import { FetchFaultError } from '../provider.ts'
import type { InputFile } from '../../media/image.ts'
import type { Channel } from './queue.ts'
import { inStep } from '../../trace.ts'
import { retryBriefly } from './retry.ts'

/** Uploaded inputs are public by their URL. One hour is enough for any job to read them. */
const LIFECYCLE = { expiresIn: '1h' } as const

/** Uploads an input file for the model. Returns its URL. */
export async function upload({ client }: Channel, file: InputFile): Promise<string> {
  const bytes = new Uint8Array(file.bytes) // a copy: a Blob does not accept views of shared memory
  return await client.storage.upload(new Blob([bytes], { type: file.mimeType }), {
    lifecycle: LIFECYCLE,
  })
}

/** fal's documentation and its client use two names for the lifecycle header: both are sent. */
export const withBothLifecycleNames: RequestMiddleware = async (request) => {
  const { headers = {} } = request
  const lifecycle = headers['X-Fal-Object-Lifecycle']
  if (lifecycle === undefined) return request
  return { ...request, headers: { ...headers, 'X-Fal-Object-Lifecycle-Preference': lifecycle } }
}

/**
 * Returns the bytes of a result. Each iteration downloads it again. Reading throws `no_output` if fal no longer has the
 * file, and `FetchFaultError` if it cannot be fetched now.
 */
export function download(channel: Channel, url: string): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => stream(channel, url) }
}

async function* stream({ fetch }: Channel, url: string): AsyncGenerator<Uint8Array> {
  const { body } = await inStep({ name: 'download', kind: 'client' }, () => open(fetch, url))
  try {
    for await (const chunk of body ?? []) yield chunk as Uint8Array
  } catch (cause) {
    throw unreachable(cause)
  }
}

async function open(fetch: Channel['fetch'], url: string): Promise<Response> {
  try {
    return await retryBriefly(
      () => openOnce(fetch, url),
      (error) => !(error instanceof AppError),
    )
  } catch (error) {
    throw error instanceof AppError ? error : unreachable(error)
  }
}

async function openOnce(fetch: Channel['fetch'], url: string): Promise<Response> {
  const response = await fetch(url)
  if (response.ok) return response
  await response.body?.cancel()
  if (GONE.has(response.status)) throw gone()
  throw response.status < 500 ? unreachable() : new Error(`status ${response.status}`)
}

/** Statuses by which the file server says that the file no longer exists. */
const GONE: ReadonlySet<number> = new Set([403, 404, 410])

function gone(): AppError {
  return new AppError(
    'no_output',
    'fal.ai finished, but no longer has the file. Nothing was charged.',
    { hint: 'Call the tool again.' },
  )
}

function unreachable(cause?: unknown): FetchFaultError {
  return new FetchFaultError('fal.ai', cause instanceof Error ? { name: cause.name } : undefined)
}
