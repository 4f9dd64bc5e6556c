import { crypto } from '../crypto.ts'
import type { InputImage, ProviderRequest, RequestOf } from '../providers/provider.ts'

/** Inputs as the caller named them: a path, a URL, a data URI or an id. */
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

/** The same request gives the same fingerprint, whether its defaults were spelt out or not. */
export function fingerprintOf(request: PaidRequest): string {
  return crypto().createHash('sha256').update(canonical(request)).digest('hex')
}

/** What a request asks for in words: its prompt, or of a `run` that or its text; null where it has neither. */
export function promptOf(request: PaidRequest | ProviderRequest): string | null {
  if (request.operation !== 'run') return 'prompt' in request ? request.prompt : null
  const words = request.input['prompt'] ?? request.input['text']
  return typeof words === 'string' ? words : null
}

/** The seed that was sent with a request, or null. */
export function seedOf(request: PaidRequest | ProviderRequest): number | null {
  const seed =
    request.operation === 'run' ? request.input['seed'] : 'seed' in request ? request.seed : null
  return typeof seed === 'number' ? seed : null
}

type Load = (reference: string) => Promise<InputImage>

/** Reads the input images of a request. Throws what the loader throws. */
export async function loadInputs(request: PaidRequest, load: Load): Promise<ProviderRequest> {
  switch (request.operation) {
    case 'generateImage':
    case 'run':
      return request
    case 'removeBackground':
    case 'upscale':
      return { ...request, image: await load(request.image) }
    case 'editImage':
      return await loadEdit(request, load)
  }
}

async function loadEdit(
  request: Extract<PaidRequest, { operation: 'editImage' }>,
  load: Load,
): Promise<RequestOf<'editImage'>> {
  const { images, mask, ...rest } = request
  const loaded = await Promise.all(images.map(load))
  return { ...rest, images: loaded, ...(mask !== undefined && { mask: await load(mask) }) }
}

/** JSON with sorted keys and without undefined values. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
