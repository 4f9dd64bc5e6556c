import { AppError } from '../errors.ts'
import { truncate } from '../text.ts'

/** Returns a hint that lists the accepted references. It lists paths only if the caller may name files on this machine. */
export function acceptedReferences(allowPaths: boolean): string {
  return `Give ${allowPaths ? 'a file path, ' : ''}an https: URL, a data: URI of at most 10 MiB, or an asset_… or gen_… id of an earlier result.`
}

/** Longest accepted path, URL or id, in characters. */
export const MAX_REFERENCE = 8_192

/** Longest part of a reference that is repeated in messages, in characters. */
const MAX_QUOTED = 120

/** The first characters of common images in base64. */
const BASE64_STARTS: readonly [start: RegExp, mimeType: string][] = [
  [/^iVBORw0KGgo/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^UklGR/, 'image/webp'],
  [/^R0lGOD/, 'image/gif'],
]

/** Returns the MIME type of an image that was given as base64 without a data URI, even in part; null for other texts. */
export function bareBase64(reference: string): string | null {
  const head = reference.slice(0, 100).replace(/^\s*["'`]?(base64,)?/, '')
  const [, mimeType = null] = BASE64_STARTS.find(([start]) => start.test(head)) ?? []
  const isFileName = /\.\w{2,5}\s*$/.test(reference.slice(-20))
  return isFileName ? null : mimeType
}

/** Returns a reference in quotes for messages: at most 120 characters, without control characters, URL queries and data. */
export function inQuotes(reference: string): string {
  if (/^\s*data:/i.test(reference)) return 'The data URI'
  if (bareBase64(reference) !== null) return 'The bare base64'
  const plain = withoutSecrets(reference).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
  return `"${truncate(plain, MAX_QUOTED)}"`
}

/** Removes user, query and fragment from a URL, which may contain a signature. Other texts stay as they are. */
function withoutSecrets(reference: string): string {
  if (!/^\s*[a-z][a-z0-9+.-]+:/i.test(reference)) return reference
  const [start = ''] = reference.trim().split(/[?#]/, 1)
  return start.replace(/^([a-z][a-z0-9+.-]+:[/\\]*)[^/\\]*@/i, '$1')
}

/** Returns the error for a call whose signal was aborted. */
export function loadCancelled(): AppError {
  return new AppError('cancelled', 'The call was cancelled.', {
    hint: 'Call again to start over.',
  })
}

/** Throws `AppError('cancelled')` if the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw loadCancelled()
}

/** Waits for `work`, or rejects with `AppError('cancelled')` as soon as the signal is aborted. */
export async function orCancelled<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return work
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(loadCancelled())
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {}) // After the abort, a failure of `work` must not be an unhandled rejection.
  }
}
