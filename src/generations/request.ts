import { crypto } from '../crypto.ts'
import { AppError } from '../errors.ts'
import type { ProviderRequest, RequestOf } from '../providers/provider.ts'
import type { InputImage } from '../media/image.ts'
import { filesIn } from '../providers/run-files.ts'
import { loadRunInput, type Sources } from './run-files.ts'

/** A request with each input image as the caller named it: a path, a URL, a data URI or an id. */
type Unloaded<R> = R extends unknown
  ? {
      [K in keyof R]: R[K] extends InputImage | undefined
        ? string
        : R[K] extends InputImage[]
          ? string[]
          : R[K]
    }
  : never

/** A checked request whose input images are still references. All defaults are filled in. */
export type PaidRequest = Unloaded<ProviderRequest>

/** Longer texts, such as data URIs, are in a fingerprint as a hash, in characters. */
const LONG_TEXT = 10_000

const fingerprints = new WeakMap<PaidRequest, string>()

/**
 * Returns the SHA-256 of a request in hex. It does not depend on whether the caller gave the defaults. It is computed
 * once: with images in data URIs that takes long.
 */
export function fingerprintOf(request: PaidRequest): string {
  const fingerprint = fingerprints.get(request) ?? sha256(canonical(request))
  fingerprints.set(request, fingerprint)
  return fingerprint
}

function sha256(text: string): string {
  return crypto().createHash('sha256').update(text).digest('hex')
}

/** Returns the prompt of a request, or the text of a `run`; null if it has neither. */
export function promptOf(request: PaidRequest | ProviderRequest): string | null {
  if (request.operation !== 'run') return 'prompt' in request ? request.prompt : null
  const words = request.input['prompt'] ?? request.input['text']
  return typeof words === 'string' ? words : null
}

/** Returns the seed of a request, or null. */
export function seedOf(request: PaidRequest | ProviderRequest): number | null {
  const seed =
    request.operation === 'run' ? request.input['seed'] : 'seed' in request ? request.seed : null
  return typeof seed === 'number' ? seed : null
}

/** Reads the input images of a request. Throws what the loader throws, and `invalid_input` for a mask of another size. */
export async function loadInputs(request: PaidRequest, sources: Sources): Promise<ProviderRequest> {
  switch (request.operation) {
    case 'generateImage':
      return request
    case 'run':
      return { ...request, input: await loadRunInput(request.input, sources) }
    case 'removeBackground':
    case 'upscale':
      return { ...request, image: await sources.load(request.image) }
    case 'editImage':
      return await loadEdit(request, sources)
  }
}

/** Returns a sentence for each change that was made to an input while loading it. */
export function adjustedIn(loaded: ProviderRequest): string[] {
  return [...new Set(filesIn(loaded).flatMap(({ adjusted = [] }) => adjusted))]
}

async function loadEdit(
  request: Extract<PaidRequest, { operation: 'editImage' }>,
  { load }: Sources,
): Promise<RequestOf<'editImage'>> {
  const { images, mask: named, ...rest } = request
  const loaded = await Promise.all(images.map(load))
  if (named === undefined) return { ...rest, images: loaded }
  const mask = await load(named)
  const [first] = loaded
  if (first !== undefined) assertCovers(mask, first)
  return { ...rest, images: loaded, mask }
}

function assertCovers(mask: InputImage, image: InputImage): void {
  if (mask.width === image.width && mask.height === image.height) return
  const [own, needed] = [mask, image].map(({ width, height }) => `${width} x ${height}`)
  throw new AppError(
    'invalid_input',
    `The mask has ${own} pixels and the image ${needed}: a mask covers the whole image.`,
    { hint: `Give a mask of ${needed} pixels, or leave it out.` },
  )
}

/** Returns JSON with sorted keys, hashes of long texts, and without undefined values. */
function canonical(value: unknown): string {
  if (typeof value === 'string' && value.length > LONG_TEXT) return `sha256:${sha256(value)}`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
