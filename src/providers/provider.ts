import { AppError } from '../errors.ts'
import type { ImageFormat, InputImage, ProviderOutput } from '../media/image.ts'
import type { Operation, ProviderName } from '../pricing/catalog.ts'

type Common = { model: string; count: number }

/** A request that is validated, priced and loaded. Sizes are in pixels. */
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
  /** `input` is JSON, with an `InputFile` in place of each reference to a file on this machine. */
  | (Common & { operation: 'run'; input: Record<string, unknown> })

export type RequestOf<O extends Operation> = Extract<ProviderRequest, { operation: O }>

/** The facts of a job that remain known after its process has ended. */
export type UpstreamJob = Pick<ProviderRequest, 'operation' | 'model' | 'count'>

/**
 * It is not known whether the work began: it is never sent again, and its hold stays until it expires.
 * The error has no cause and no name that makes client libraries repeat a request.
 */
export class OutcomeUnknownError extends AppError {
  constructor() {
    super(
      'upstream_unavailable',
      'The connection broke before the image service confirmed the work.',
      {
        hint: 'Nothing is charged. The price is held until it is known that no result comes, 15 minutes at most, and then comes back by itself. Call again for another job.',
      },
    )
  }
}

/** The work is done, but its file could not be fetched. The service did not say that it is gone, so it may come later. */
export class FetchFaultError extends AppError {
  constructor(service: string, cause?: unknown) {
    super(
      'no_output',
      `${service} finished, but its file could not be fetched. Nothing was charged.`,
      { hint: 'Call the tool again.', cause },
    )
  }
}

/** What a provider billed to the owner of its key, or may have billed. */
export type UpstreamBill = {
  /** Jobs that were billed or may have been. */
  jobs: number
  /** Their cost in micro-dollars; null if it is not known. */
  cost: number | null
}

/** A failure of work that was billed, or may have been, and that no customer is charged for. */
export class UnpaidWorkError extends AppError {
  readonly bill: UpstreamBill

  constructor(failure: AppError, bill: UpstreamBill) {
    super(failure.code, failure.message, failure)
    this.bill = bill
  }
}

/** Adds the bill to a failure, if there may be one. */
export function withBill(failure: AppError, bill: UpstreamBill | undefined): AppError {
  return bill === undefined || bill.jobs === 0 ? failure : new UnpaidWorkError(failure, bill)
}

/** What changes when a request is sent, one sentence each: arguments sent in another form, and arguments not sent. */
export type RequestRemarks = { adjusted: string[]; dropped: string[] }

/** The result of a check: the remarks, and the number of jobs. Each job is billed separately. */
type Checked = RequestRemarks & { jobs: number }

/** The outputs of a request, with remarks and the bill. */
export type ProviderResult = {
  outputs: ProviderOutput[]
  /** Facts about the result in our own words, one sentence each, shown to the caller. */
  notes: string[]
  /** As in `RequestRemarks`, for changes that were known only after the work. */
  adjusted?: string[]
  dropped?: string[]
  /**
   * Parts of the prompt that the image shows, parts that it does not, and what the prompt left open and was chosen;
   * absent if not known.
   */
  honoured?: string[]
  notHonoured?: string[]
  chosen?: string[]
  /** The bill for all of the work; absent if it is free. */
  bill?: UpstreamBill
  /** The part of the bill for jobs without a usable output, if other jobs had one. */
  unpaid?: UpstreamBill
}

/** `fraction` is from 0 to 1. */
export type Progress = { fraction: number; message: string }

export type RunOptions = {
  /** The account that the work is for. Work on this machine is done in turns of all accounts. */
  account?: string
  /** Aborted when the caller cancels. Work that can stop rejects with `AppError('cancelled')`. */
  signal: AbortSignal
  onProgress: (progress: Progress) => void
  /**
   * Called as soon as the work has an upstream id, and again when ids are added. Never rejects. It runs beside the wait for
   * the job, and is awaited before `run` ends in any way.
   */
  onAccepted: (upstreamId: string) => Promise<void>
}

/**
 * Port to a service or program that makes images. `run` throws only `AppError`: `content_refused`, `input_unreadable`,
 * `invalid_input`, `upstream_*`, `model_gone`, `no_output`, `cancelled`; as `UnpaidWorkError` if it may have cost money.
 */
export type Provider = {
  readonly name: ProviderName
  /** Called before any hold. Returns the remarks on a request. Throws `invalid_input` if this provider cannot do it. */
  check?(request: ProviderRequest): Promise<Checked>
  run(request: ProviderRequest, options: RunOptions): Promise<ProviderResult>
  /** Returns an output anew by its source, free; only where the service keeps outputs. */
  outputAt?(source: string): ProviderOutput
} & (
  | { readonly durability: 'process' } // a job ends with the process that began it
  | {
      readonly durability: 'upstream' // a job continues at the service without the process
      /** Finishes a job that another process began, by its upstream id. */
      resume(upstreamId: string, job: UpstreamJob, options: RunOptions): Promise<ProviderResult>
    }
)
