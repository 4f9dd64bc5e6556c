import type { Answer } from './reply.ts'

/** How a job ended, in words that name who was at fault. */
export type Ending =
  /** It made what was asked for. */
  | 'ok'
  /** The input broke the model's schema, or an input file could not be read. */
  | 'invalid'
  /** There is no such endpoint. */
  | 'gone'
  /** The model refused, such as by content policy. */
  | 'refused'
  /** fal or the model broke. */
  | 'failed'
  | 'cancelled'
  /** It waited in the queue for longer than the caller allowed. */
  | 'timeout'

export type Job = {
  requestId: string
  endpoint: string
  via: 'queue' | 'run'
  /** What was posted; undefined where that was not JSON. */
  input: unknown
  /** Top-level fields of the input that the model does not know, which fal ignores. */
  ignored: string[]
  state: 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED'
  ending: Ending | null
  /** Whether a runner worked on it: its input was valid and it was not cancelled before. */
  ran: boolean
  /** What the result answers; null until the job has ended. */
  answer: Answer | null
  /** Addresses of what it made. */
  files: string[]
  polls: number
}

/** Money fal took for one job. Reading a result twice does not charge twice. */
export type Charge = {
  requestId: string
  endpoint: string
  units: string
  unitPriceUsd: number
  /** Micro-dollars, rounded up. */
  micro: number
}

/** A request as it arrived. The key is never kept, only whether it was there. */
export type SeenRequest = {
  method: string
  /** The host the request was meant for. */
  host: string
  path: string
  query: string
  headers: Record<string, string>
  /** What the Authorization header held. */
  key: 'right' | 'wrong' | 'none'
  /** Whether the right key was anywhere in it: address, headers or body. */
  carriedKey: boolean
  bodyBytes: number
  /** What it was answered; null while it waits. */
  answered: number | 'reset' | 'hang' | null
}

export type Upload = {
  fileUrl: string
  name: string
  contentType: string
  /** The lifecycle header the upload was announced with. */
  lifecycle: string | null
  /** Bytes received; null until the PUT has come. */
  bytes: number | null
}

export type StoredFile = {
  url: string
  path: string
  bytes: Buffer
  contentType: string
  /** Whose output it is; null for an upload. */
  endpoint: string | null
  expired: boolean
}
