import { AppError } from '../errors.ts'
import type { InputImage } from '../providers/provider.ts'
import { decodeDataUri } from './data-uri.ts'
import { fetchUrl, type Network } from './fetch-url.ts'
import { isMeasured, measureImage, sniff } from './inspect.ts'
import { readInside, readOwn } from './read-file.ts'
import { ACCEPTED_REFERENCES, quote, throwIfCancelled } from './reference.ts'
import { MAX_PIXELS } from './sharp.ts'

export type ImageLoaderOptions = {
  /** Folders that files may be read from, with everything below them. */
  inputDirs: string[]
  /** False over HTTP, where the caller's files are not on this machine. */
  allowPaths: boolean
  /** The saved file of an `asset_…` id, or of the first output of a `gen_…` id, in the caller's account. */
  findAsset: (id: string) => Promise<{ path: string } | null>
  network?: Network
}

export type ImageLoader = {
  /**
   * The image behind a path, an https URL, a data URI or an id. It is one of png, jpeg, webp, gif, avif or
   * tiff by content, at most 50 MiB (10 MiB as a data URI) and `MAX_PIXELS`, and its first frame decodes
   * to the end. Throws `invalid_input`, `input_unreadable`, `not_found` or `cancelled`.
   */
  load(reference: string, signal: AbortSignal): Promise<InputImage>
}

/** Longest path or URL that is looked at, in characters. */
const MAX_REFERENCE = 8_192

/** A loader of input images that reads only what its options allow. */
export function createImageLoader(options: ImageLoaderOptions): ImageLoader {
  return {
    async load(reference, signal) {
      throwIfCancelled(signal)
      const source = await fetchReference(reference, signal, options)
      throwIfCancelled(signal)
      return checkImage(source, quote(reference))
    },
  }
}

/** Bytes under a name that may be shown. */
export type Source = { bytes: Uint8Array; name: string }

async function fetchReference(
  reference: string,
  signal: AbortSignal,
  { inputDirs, allowPaths, findAsset, network }: ImageLoaderOptions,
): Promise<Source> {
  // One letter before the colon is a Windows drive.
  const scheme = /^\s*([a-z][a-z0-9+.-]+):/i.exec(reference)?.[1]?.toLowerCase()
  if (scheme === 'data') return { bytes: decodeDataUri(reference), name: 'data URI' }
  if (reference.length > MAX_REFERENCE) throw tooLong(reference)
  const name = quote(reference).slice(1, -1)
  if (scheme === 'https') return { bytes: await fetchUrl(reference, signal, network), name }
  if (scheme !== undefined) throw wrongScheme(reference, scheme)
  if (/^(asset|gen)_[0-9a-z]+$/i.test(reference)) {
    const asset = await findAsset(reference)
    if (!asset) throw unknownId(reference)
    return { bytes: await readOwn(asset.path, reference, signal), name }
  }
  if (!allowPaths) throw noPathsHere(reference)
  if (reference.trim() === '' || reference.includes('\0')) {
    throw new AppError('invalid_input', 'The image reference is empty or not a path.', {
      hint: ACCEPTED_REFERENCES,
    })
  }
  return { bytes: await readInside(reference, inputDirs, signal), name }
}

/** Bytes that are one of the kinds of image accepted, to the end. Throws `input_unreadable`, naming them as `shown`. */
export async function checkImage({ bytes, name }: Source, shown: string): Promise<InputImage> {
  const mimeType = await sniff(bytes).catch(() => null)
  if (mimeType === null || !isMeasured(mimeType)) {
    throw new AppError('input_unreadable', `${shown} is not an image of a kind that can be read.`, {
      hint: 'Give a PNG, JPEG, WebP, GIF, AVIF or TIFF image; convert SVG, HEIC, PDF and video first.',
    })
  }
  try {
    return { bytes, mimeType, name, ...(await measureImage(bytes, MAX_PIXELS)) }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const isHuge = cause instanceof Error && cause.message.includes('pixel limit')
    throw new AppError(
      'input_unreadable',
      isHuge
        ? `${shown} has more than ${MAX_PIXELS / 1e6} million pixels.`
        : `${shown} is damaged, cut off or too slow to decode.`,
      {
        hint: isHuge ? 'Give a smaller image.' : 'Save the image again from its source and retry.',
        cause,
      },
    )
  }
}

function wrongScheme(reference: string, scheme: string): AppError {
  const nextStep: Record<string, string> = {
    http: 'Use the https: form of the URL.',
    file: 'Give the plain file path instead of a file: URL.',
  }
  return new AppError('invalid_input', `${quote(reference)} has a scheme that is not accepted.`, {
    hint: `${nextStep[scheme] ?? 'Save the file and give its path, or use an https: URL.'} ${ACCEPTED_REFERENCES}`,
  })
}

function tooLong(reference: string): AppError {
  return new AppError('invalid_input', `${quote(reference)} is too long for a path or URL.`, {
    hint: `Bare base64 is not accepted; put data:image/png;base64, in front of it. ${ACCEPTED_REFERENCES}`,
  })
}

function unknownId(reference: string): AppError {
  return new AppError('not_found', `There is no saved image ${quote(reference)} in this account.`, {
    hint: 'Use an assetId that an earlier result gave.',
  })
}

function noPathsHere(reference: string): AppError {
  return new AppError('invalid_input', `${quote(reference)} is not a URL, a data URI or an id.`, {
    hint: 'File paths are refused over HTTP. Give an https: URL, a data: URI of at most 10 MiB, or an asset_… or gen_… id.',
  })
}
