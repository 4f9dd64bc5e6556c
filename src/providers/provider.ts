import { AppError } from '../errors.ts'
import type { ImageFormat } from '../media/image.ts'
import type { Operation, ProviderName } from '../pricing/catalog.ts'

export { IMAGE_FORMATS } from '../media/image.ts'

/** A file to be worked on: its bytes, what they really are, and what the caller called it. */
export type InputFile = {
  bytes: Uint8Array
  mimeType: string
  /** The caller's own words for it (path, URL, id); never a data URI. */
  name: string
  /** What of it was not taken as it was, a sentence each, for the caller; absent where nothing is to be said. */
  adjusted?: string[]
}

/** An input image after `media/load`: upright and without metadata. Sizes are pixels. */
export type InputImage = InputFile & { width: number; height: number }

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
  /** JSON, but for an `InputFile` wherever it named a file that is here. */
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
        hint: 'Nothing is charged. The price is held until it is known that no result comes, 15 minutes at most, and then comes back by itself. Calling again begins another job.',
      },
    )
  }
}

/** The work is done and its file could not be fetched: that it is gone was not said, so it may be had later. */
export class FetchFaultError extends AppError {
  constructor(service: string, cause?: unknown) {
    super(
      'no_output',
      `${service} finished, but its file could not be fetched. Nothing was charged.`,
      { hint: 'Call the tool again.', cause },
    )
  }
}

/** What a provider billed the owner of its key, or may have. */
export type UpstreamBill = {
  /** Jobs that were billed, as far as is known. */
  jobs: number
  /** What they cost in micro-dollars; null where that is not known. */
  cost: number | null
}

/** A failure like any other, of work that was billed, or may have been, and that nobody is charged for. */
export class UnpaidWorkError extends AppError {
  readonly bill: UpstreamBill

  constructor({ code, message, hint, localHint, cause, facts }: AppError, bill: UpstreamBill) {
    super(code, message, { hint, localHint, cause, facts })
    this.bill = bill
  }
}

/** A failure with what it cost, where it may have cost something. */
export function withBill(failure: AppError, bill: UpstreamBill | undefined): AppError {
  return bill === undefined || bill.jobs === 0 ? failure : new UnpaidWorkError(failure, bill)
}

/** What the maker of a file says it is: a MIME type, and an extension without its dot. Nothing here is proven. */
export type Declared = { contentType: string | null; extension: string | null }

/**
 * One finished file. It is read to disk by `media/save`, which decides its real type; of a job that has an upstream
 * id a stream can be read again, where the disk did not take it.
 */
export type ProviderOutput = {
  bytes: Uint8Array | AsyncIterable<Uint8Array>
  declared?: Declared
  /** Whether it stands in for something of another kind, which cannot be made here, and says so. */
  standsIn?: true
}

/** What becomes of a request, known before it is sent: what is asked in another form and what is left out, a sentence each. */
export type RequestRemarks = { adjusted: string[]; dropped: string[] }

/** A request that a provider can do: what becomes of it, and how many jobs it is, each billed by itself. */
export type Checked = RequestRemarks & { jobs: number }

export type ProviderResult = {
  outputs: ProviderOutput[]
  /** Facts about the result in our own words, one sentence each, shown to the caller. */
  notes: string[]
  /** As `RequestRemarks`, where it only showed in the work. */
  adjusted?: string[]
  dropped?: string[]
  /** Words of the prompt that the picture shows, and wishes that it does not; absent where nobody can tell. */
  honoured?: string[]
  notHonoured?: string[]
  /** What all of the work cost; absent where nobody bills it. */
  bill?: UpstreamBill
  /** What of it was billed and brought nothing, where others of its jobs did. */
  unpaid?: UpstreamBill
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
 * `invalid_input`, `upstream_*`, `model_gone`, `no_output`, `cancelled`; an `UnpaidWorkError` where that may have cost something.
 */
export interface Provider {
  readonly name: ProviderName
  /** Says what becomes of a request, and refuses what this provider cannot be asked, before anything is held: `invalid_input`. */
  check?(request: ProviderRequest): Promise<Checked>
  run(request: ProviderRequest, options: RunOptions): Promise<ProviderResult>
  /** Finishes a job that another process began, by its upstream id. Absent where jobs die with their process. */
  resume?(upstreamId: string, job: UpstreamJob, options: RunOptions): Promise<ProviderResult>
}
