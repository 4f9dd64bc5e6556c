import { AppError } from '../errors.ts'
import type { Operation, ProviderName } from '../pricing/catalog.ts'

export const IMAGE_FORMATS = ['png', 'jpeg', 'webp'] as const
export type ImageFormat = (typeof IMAGE_FORMATS)[number]

/** An input image after `media/load`: its bytes, what they really are, and what the caller called it. */
export type InputImage = {
  bytes: Uint8Array
  mimeType: string
  width: number
  height: number
  /** The caller's own words for it (path, URL, id); never a data URI. */
  name: string
}

type Common = { model: string; count: number }

/** A request that is already validated, priced and loaded. Sizes are pixels. */
export type ProviderRequest =
  | (Common & {
      operation: 'generateImage'
      prompt: string
      width: number
      height: number
      seed?: number
      outputFormat?: ImageFormat
      negativePrompt?: string
    })
  | (Common & {
      operation: 'editImage'
      prompt: string
      images: InputImage[]
      mask?: InputImage
      seed?: number
      outputFormat?: ImageFormat
    })
  | (Common & { operation: 'removeBackground'; image: InputImage })
  | (Common & { operation: 'upscale'; image: InputImage; scale: number })
  | (Common & { operation: 'run'; input: Record<string, unknown> })

export type RequestOf<O extends Operation> = Extract<ProviderRequest, { operation: O }>

/** What is still known of a job when its process is gone. */
export type UpstreamJob = Pick<ProviderRequest, 'operation' | 'model' | 'count'>

/**
 * The work may or may not have begun: it is never sent again, and its hold stays until it expires.
 * It has no cause and none of the names by which client libraries decide to repeat a request.
 */
export class OutcomeUnknownError extends AppError {
  constructor() {
    super(
      'upstream_unavailable',
      'The connection broke before the image service confirmed the work.',
      {
        hint: 'Nothing is charged. The price stays held until it is known that no result comes, 15 minutes at most. Use an idempotencyKey to ask again safely.',
      },
    )
  }
}

/** What the maker of a file says it is: a MIME type, and an extension without its dot. Nothing here is proven. */
export type Declared = { contentType: string | null; extension: string | null }

/** One finished file. A stream is read once, to disk, by `media/save`, which decides its real type. */
export type ProviderOutput = {
  bytes: Uint8Array | AsyncIterable<Uint8Array>
  declared?: Declared
  /** Whether it stands in for something of another kind, which cannot be made here, and says so. */
  standsIn?: true
}

export type ProviderResult = {
  outputs: ProviderOutput[]
  /** Facts about the result in our own words, one sentence each, shown to the caller. */
  notes: string[]
  /** What was asked for in one form and done in another, a sentence each. */
  adjusted?: string[]
  /** What was asked for and could not be honoured, a sentence each. */
  dropped?: string[]
  /** Words of the prompt that the picture shows, and wishes that it does not; absent where nobody can tell. */
  honoured?: string[]
  notHonoured?: string[]
  /** What the provider billed the owner of its key, in micro-dollars, where it said. */
  upstreamCost?: number | null
}

export type Progress = { fraction: number; message: string }

export type RunOptions = {
  /** Aborted when the caller cancels. Work that can stop rejects with `AppError('cancelled')`. */
  signal: AbortSignal
  onProgress: (progress: Progress) => void
  /** Called as soon as the work has an upstream id, and again when that grows; awaited before it is polled. */
  onAccepted: (upstreamId: string) => Promise<void>
}

/**
 * Port to whatever makes images. `run` throws only `AppError`: `content_refused`, `input_unreadable`,
 * `invalid_input`, `upstream_*`, `model_gone`, `no_output`, `cancelled`.
 */
export interface Provider {
  readonly name: ProviderName
  /** Refuses what this provider cannot be asked, before anything is held: `invalid_input`, `model_gone`. */
  check?(request: ProviderRequest): Promise<void>
  run(request: ProviderRequest, options: RunOptions): Promise<ProviderResult>
  /** Finishes a job that another process began, by its upstream id. Absent where jobs die with their process. */
  resume?(upstreamId: string, job: UpstreamJob, options: RunOptions): Promise<ProviderResult>
}
