import type { RequestMiddleware } from '@fal-ai/client'
import { AppError } from '../../errors.ts'
import { FetchFaultError } from '../provider.ts'
import type { InputFile } from '../../media/image.ts'
import type { Channel } from './queue.ts'

/** Inputs are public by their URL while they exist: an hour is enough for any job to read them. */
const LIFECYCLE = { expiresIn: '1h' } as const

/** Puts an input file where the model can read it. Answers its URL. */
export async function upload({ client }: Channel, file: InputFile): Promise<string> {
  const bytes = new Uint8Array(file.bytes) // a copy of its own: views of shared memory are no Blob parts
  return await client.storage.upload(new Blob([bytes], { type: file.mimeType }), {
    lifecycle: LIFECYCLE,
  })
}

/** fal's documents and its client call the header that says so by two names: both are sent. */
export const withBothLifecycleNames: RequestMiddleware = async (request) => {
  const { headers = {} } = request
  const lifecycle = headers['X-Fal-Object-Lifecycle']
  if (lifecycle === undefined) return request
  return { ...request, headers: { ...headers, 'X-Fal-Object-Lifecycle-Preference': lifecycle } }
}

/** Tries for the first byte of a file: a file server's bad moment must not lose a finished job. */
const TRIES = 3

/**
 * A result, fetched anew whenever it is read. Reading throws `no_output` where fal no longer has it, and
 * `FetchFaultError` where it cannot be had now.
 */
export function download(channel: Channel, url: string): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => stream(channel, url) }
}

async function* stream({ fetch }: Channel, url: string): AsyncGenerator<Uint8Array> {
  const { body } = await open(fetch, url)
  try {
    for await (const chunk of body ?? []) yield chunk as Uint8Array
  } catch (cause) {
    throw unreachable(cause)
  }
}

async function open(fetch: Channel['fetch'], url: string): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    try {
      const response = await fetch(url)
      if (response.ok) return response
      await response.body?.cancel()
      if (GONE.has(response.status)) throw gone()
      if (response.status < 500 || tries === TRIES) throw unreachable()
    } catch (error) {
      if (error instanceof AppError) throw error
      if (tries === TRIES) throw unreachable(error)
    }
  }
}

/** Answers by which the file server says that there is no such file any more. */
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
