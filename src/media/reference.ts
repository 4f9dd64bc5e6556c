import { AppError } from '../errors.ts'
import { truncate } from '../text.ts'

/** What an image may be named by, for a hint; paths only where the caller may name files of this machine. */
export function acceptedReferences(allowPaths: boolean): string {
  return `Give ${allowPaths ? 'a file path, ' : ''}an https: URL, a data: URI of at most 10 MiB, or an asset_… or gen_… id of an earlier result.`
}

/** Longest path, URL or id that is looked at, in characters. */
export const MAX_REFERENCE = 8_192

/** Longest part of a caller's own words that is ever repeated, in characters. */
const MAX_QUOTED = 120

/** How the images that people send begin in base64. */
const BASE64_STARTS: readonly [start: RegExp, mimeType: string][] = [
  [/^iVBORw0KGgo/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^UklGR/, 'image/webp'],
  [/^R0lGOD/, 'image/gif'],
]

/** The MIME type of an image whose base64 was given as it is, however much of it; null for anything else. */
export function bareBase64(reference: string): string | null {
  const head = reference.slice(0, 100).replace(/^\s*["'`]?(base64,)?/, '')
  const [, mimeType = null] = BASE64_STARTS.find(([start]) => start.test(head)) ?? []
  const isFileName = /\.\w{2,5}\s*$/.test(reference.slice(-20))
  return isFileName ? null : mimeType
}

/** The caller's own words in quotes, at most 120 characters, without control characters, queries or data. */
export function inQuotes(reference: string): string {
  if (/^\s*data:/i.test(reference)) return 'The data URI'
  if (bareBase64(reference) !== null) return 'The bare base64'
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
export function loadCancelled(): AppError {
  return new AppError('cancelled', 'The call was cancelled.', {
    hint: 'Call again to start over.',
  })
}

/** Throws `AppError('cancelled')` where the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw loadCancelled()
}

/** Settles as the work does, or rejects with `AppError('cancelled')` as soon as the signal is aborted. */
export async function orCancelled<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return work
  const gone = Promise.withResolvers<never>()
  const abort = (): void => gone.reject(loadCancelled())
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    return await Promise.race([work, gone.promise])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {}) // Whoever lost the race is not an unhandled rejection.
  }
}
