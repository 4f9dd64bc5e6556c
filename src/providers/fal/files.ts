import type { RequestMiddleware } from '@fal-ai/client'
import { AppError } from '../../errors.ts'
import type { InputFile } from '../provider.ts'
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

/** Streams a result. Throws `no_output` where it has expired or cannot be had. */
export async function* download({ fetch }: Channel, url: string): AsyncGenerator<Uint8Array> {
  const response = await open(fetch, url)
  if (response.body === null) throw lost()
  for await (const chunk of response.body) yield chunk as Uint8Array
}

async function open(fetch: Channel['fetch'], url: string): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    try {
      const response = await fetch(url)
      if (response.ok) return response
      await response.body?.cancel()
      if (response.status < 500 || tries === TRIES) throw lost()
    } catch (error) {
      if (error instanceof AppError || tries === TRIES)
        throw error instanceof AppError ? error : lost(error)
    }
  }
}

function lost(cause?: unknown): AppError {
  return new AppError(
    'no_output',
    'fal.ai finished, but its file could not be fetched. Nothing was charged.',
    {
      hint: 'Call the tool again.',
      cause: cause instanceof Error ? { name: cause.name } : undefined,
    },
  )
}
