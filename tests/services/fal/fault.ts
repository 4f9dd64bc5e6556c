/** Where in a call a fault strikes. `job` faults shape how an accepted job goes. */
export type Stage =
  | 'submit'
  | 'run'
  | 'status'
  | 'stream'
  | 'result'
  | 'cancel'
  | 'upload'
  | 'put'
  | 'file'
  | 'platform'
  | 'job'

/** `after`: fal does what was asked, and only its answer is lost. */
type Lost = { after?: boolean }

/** A fault in one HTTP exchange: of `submit`, unless `at` names another stage. */
export type WireFault = { at?: Exclude<Stage, 'job'> } & (
  | ({ kind: 'reset' | 'hang' } & Lost)
  | ({ kind: 'html'; status: 502 | 503 | 504 } & Lost)
  | ({ kind: 'serverError' } & Lost)
  | { kind: 'tooMany'; retryAfterSeconds?: number }
  | { kind: 'locked' }
  // The answer is real and fal did the work, but it cannot be read.
  | { kind: 'malformed' | 'nullBody' | 'noRequestId' }
)

/** A fault in one download of a file. */
export type FileFault =
  | { kind: 'oversized'; bytes?: number; declared?: boolean }
  | { kind: 'truncated' | 'redirect' | 'expired' | 'htmlFile' }
  | { kind: 'wrongFileType'; contentType: string }

type ModelErrorType =
  | 'content_policy_violation'
  | 'no_media_generated'
  | 'image_too_small'
  | 'image_too_large'
  | 'image_load_error'
  | 'file_download_error'
  | 'file_too_large'
  | 'face_detection_error'
  | 'unsupported_image_format'
  | 'feature_not_supported'
  | 'sequence_too_long'
  | 'internal_server_error'
  | 'downstream_service_error'
  | 'downstream_service_unavailable'
  | 'generation_timeout'

/** Shapes how one job goes, from the moment fal accepts it. */
export type JobFault =
  | { kind: 'slowQueue'; polls: number }
  | { kind: 'stuck'; in?: 'IN_QUEUE' | 'IN_PROGRESS' }
  | { kind: 'statusWord'; word: string }
  | { kind: 'completedWithError'; errorType?: string; status?: number }
  // fal says a refusal "may still be charged": `billed` makes it so. With `units` beside it, it says for how many.
  | { kind: 'modelError'; type?: ModelErrorType; status?: 422 | 500 | 504; billed?: boolean }
  | { kind: 'cancelRace' | 'cancelStops' }
  | { kind: 'noUnits' }
  | { kind: 'units'; value: string }
  | { kind: 'nullDims' | 'nsfw' | 'noImages' }
  | { kind: 'wrongContentType'; contentType: string }
  | { kind: 'foreignFile'; url: string }

/** Leaves one occasion of its stage alone, to reach the next one. */
type Pass = { kind: 'pass'; at: Stage }

/** One fault and how often it strikes: once where `times` does not say otherwise, `Infinity` for ever. */
export type Fault = (WireFault | FileFault | JobFault | Pass) & { times?: number }

const FILE_KINDS: readonly string[] = [
  'oversized',
  'truncated',
  'redirect',
  'expired',
  'htmlFile',
  'wrongFileType',
] satisfies FileFault['kind'][]

const WIRE_KINDS: readonly string[] = [
  'reset',
  'hang',
  'html',
  'serverError',
  'tooMany',
  'locked',
  'malformed',
  'nullBody',
  'noRequestId',
] satisfies WireFault['kind'][]

/** The stage a fault waits for. */
export function stageOf(fault: Fault): Stage {
  if ('at' in fault && fault.at !== undefined) return fault.at
  if (FILE_KINDS.includes(fault.kind)) return 'file'
  return WIRE_KINDS.includes(fault.kind) ? 'submit' : 'job'
}

export function isWireFault(fault: Fault): fault is WireFault {
  return WIRE_KINDS.includes(fault.kind)
}

export function isFileFault(fault: Fault): fault is FileFault {
  return FILE_KINDS.includes(fault.kind)
}

export function isJobFault(fault: Fault): fault is JobFault {
  return fault.kind !== 'pass' && !isWireFault(fault) && !isFileFault(fault)
}
