import { AppError } from '../errors.ts'
import { truncate } from '../text.ts'

export const ACCEPTED_REFERENCES =
  'Give a file path, an https: URL, a data: URI of at most 10 MiB, or an asset_… or gen_… id of an earlier result.'

/** Longest part of a caller's own words that is ever repeated, in characters. */
const MAX_QUOTED = 120

/** The caller's own words in quotes, at most 120 characters, without control characters, queries or data. */
export function quote(reference: string): string {
  if (/^\s*data:/i.test(reference)) return 'The data URI'
  const plain = withoutSecrets(reference).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
  return `"${truncate(plain, MAX_QUOTED)}"`
}

/** A URL without its user, query and fragment, which may hold a signature; any other text as it is. */
function withoutSecrets(reference: string): string {
  if (!/^\s*[a-z][a-z0-9+.-]+:/i.test(reference)) return reference
  const [start = ''] = reference.trim().split(/[?#]/, 1)
  return start.replace(/^([a-z][a-z0-9+.-]+:[/\\]*)[^/\\]*@/i, '$1')
}

/** The failure of a call whose signal was aborted. */
export function cancelled(): AppError {
  return new AppError('cancelled', 'The call was cancelled.', {
    hint: 'Call again to start over.',
  })
}

/** Throws `AppError('cancelled')` where the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled()
}

/** Settles as the work does, or rejects with `AppError('cancelled')` as soon as the signal is aborted. */
export async function orCancelled<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return work
  const gone = Promise.withResolvers<never>()
  const abort = (): void => gone.reject(cancelled())
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    return await Promise.race([work, gone.promise])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {}) // Whoever lost the race is not an unhandled rejection.
  }
}
