import { AppError } from '../errors.ts'
import type { InputImage } from './image.ts'
import { checkImage, decoded, type Source } from './check.ts'
import { decodeDataUri } from './data-uri.ts'
import { fetchUrl, type Network } from './fetch-url.ts'
import { normaliseImage } from './normalise.ts'
import { readInside } from './read-file.ts'
import {
  acceptedReferences,
  bareBase64,
  MAX_REFERENCE,
  inQuotes,
  throwIfCancelled,
} from './reference.ts'

export type ImageLoaderOptions = {
  /** Folders that files may be read from, with everything below them. */
  inputDirs: string[]
  /** False over HTTP, where the caller's files are not on this machine. */
  allowPaths: boolean
  /** Reads the saved file for one of our ids or links; null for any other reference. Throws `not_found`. */
  readSaved: (reference: string, signal: AbortSignal) => Promise<Uint8Array | null>
  network?: Network
}

export type ImageLoader = {
  /**
   * Loads the image of a path, an https URL, a data URI, or an id or link of a result, and normalises it (see
   * `normaliseImage`). By content it must be png, jpeg, webp, gif, avif or tiff, of at most 50 MiB (10 MiB as a data
   * URI) and `MAX_PIXELS`; its whole first frame must decode. Throws `invalid_input`, `input_unreadable`, `not_found`
   * or `cancelled`.
   */
  load(reference: string, signal: AbortSignal): Promise<InputImage>
}

/** Creates a loader of input images. It reads only what its options allow. */
export function createImageLoader(options: ImageLoaderOptions): ImageLoader {
  return {
    async load(reference, signal) {
      throwIfCancelled(signal)
      const source = await fetchReference(reference, signal, options)
      throwIfCancelled(signal)
      const shown = inQuotes(reference)
      const checked = await checkImage(source, shown)
      throwIfCancelled(signal)
      return await decoded(shown, () => normaliseImage(checked, shown))
    },
  }
}

async function fetchReference(
  reference: string,
  signal: AbortSignal,
  { inputDirs, allowPaths, readSaved, network }: ImageLoaderOptions,
): Promise<Source> {
  // A single letter before the colon is a Windows drive, not a scheme.
  const scheme = /^\s*([a-z][a-z0-9+.-]+):/i.exec(reference)?.[1]?.toLowerCase()
  if (scheme === 'data') return { bytes: decodeDataUri(reference), name: 'data URI' }
  const mimeType = bareBase64(reference)
  if (mimeType !== null) throw missingPrefix(mimeType)
  const accepted = acceptedReferences(allowPaths)
  if (reference.length > MAX_REFERENCE) throw tooLong(reference, accepted)
  const name = inQuotes(reference).slice(1, -1)
  const saved = await readSaved(reference, signal)
  if (saved !== null) return { bytes: saved, name }
  if (scheme === 'https') return { bytes: await fetchUrl(reference, signal, network), name }
  if (scheme !== undefined && scheme !== 'file') throw wrongScheme(reference, scheme, accepted)
  if (!allowPaths) throw noPathsHere(reference, accepted)
  if (reference.trim() === '' || reference.includes('\0')) {
    throw new AppError('invalid_input', 'The image reference is empty or not a path.', {
      hint: accepted,
    })
  }
  return { bytes: await readInside(reference, inputDirs, signal), name }
}

function missingPrefix(mimeType: string): AppError {
  return new AppError('invalid_input', 'The image is base64 without its data: URI.', {
    hint: `Send it whole as data:${mimeType};base64,… (at most 10 MiB), or name it another way.`,
  })
}

function wrongScheme(reference: string, scheme: string, accepted: string): AppError {
  const { hostname = '' } = URL.parse(reference.trim()) ?? {}
  const isNear = /^(localhost|\[.*\]|[\d.]+)$/.test(hostname)
  const next = scheme === 'http' && !isNear ? 'Try the https: form of the URL. ' : ''
  return new AppError(
    'invalid_input',
    `${inQuotes(reference)} has a scheme that is not accepted.`,
    {
      hint: `${next}${accepted}`,
    },
  )
}

function tooLong(reference: string, accepted: string): AppError {
  return new AppError('invalid_input', `${inQuotes(reference)} is too long for a path or URL.`, {
    hint: accepted,
  })
}

function noPathsHere(reference: string, accepted: string): AppError {
  return new AppError(
    'invalid_input',
    `${inQuotes(reference)} is not a URL, a data URI or an id.`,
    {
      hint: `File paths are refused over HTTP. ${accepted}`,
    },
  )
}
