import type { Operation } from '../../pricing/catalog.ts'

/**
 * The status of a generation. It has ended if it is completed or failed. `unknown`: the provider may or may not have
 * begun the work, so the hold waits to expire.
 */
export type GenerationStatus = 'running' | 'unknown' | 'completed' | 'failed'

/** The state of one generation. Its cost is in the hold with the same id. Times are milliseconds since 1970. */
export type GenerationTable = {
  id: string
  account_id: string
  idempotency_key: string | null
  status: GenerationStatus
  /** JSON of a `StoredRequest`: for a person to read, and for another process to finish it. */
  request: string
  /** The provider's id for the job, once it has one. */
  upstream_id: string | null
  /** JSON: the public part of the `AppError`, if the work failed or its outcome is unknown. */
  error: string | null
  /** JSON: `Remarks` on the result. */
  remarks: string
  /** What the provider billed the owner of its key, in micro-dollars; null if unknown. */
  upstream_cost: number | null
  /**
   * The number of its jobs at the image service that the operator is billed for; 0 while it waits to be sent. Null
   * for work on this machine and work on an own key.
   */
  upstream_jobs: number | null
  /** The process that works on it, and the time when its lease ends. */
  lease_owner: string
  lease_until: number
  created_at: number
  finished_at: number | null
  /** The fingerprint of the request, as in its hold: it identifies a repeated call. */
  fingerprint: string
  /** Whether a call still waits for the answer (open), left without it (lost), or has it (heard). */
  answer: 'open' | 'lost' | 'heard'
  /** Since when the work is done and its files wait for disk space; null if they never had to wait. */
  unsaved_at: number | null
  /** When what its caller wrote was removed; null if it was not. */
  forgotten_at: number | null
}

/** One file that a generation made, or that was uploaded. Times are milliseconds since 1970. */
export type AssetTable = {
  id: string
  account_id: string
  /** Null for an upload. */
  generation_id: string | null
  position: number
  /** The store that holds it: `folder`, or the address of a bucket. Null where an older version wrote an absolute path. */
  store: string | null
  /** Its path below the store. */
  path: string
  /** JSON: the other places (store and path) with a copy, which were left when it moved; null if there are none. */
  former: string | null
  mime_type: string
  width: number | null
  height: number | null
  bytes: number
  sha256: string
  /** The address at which the image service keeps it for some time; null if it keeps none. */
  source: string | null
  created_at: number
  /** When a tool last used an upload; null if none has, and for generated files. */
  used_at: number | null
  /** When its content was removed for good: by retention, or because its account asked; null while it is kept. */
  removed_at: number | null
}

/** Jobs of a generation that were billed to the operator, or may have been, and charged to no account. */
type UnpaidJobTable = {
  /** The id of the generation. */
  id: string
  account_id: string
  key_id: string
  model: string
  /** The code of its failure, or `partial` if other jobs of it were delivered. */
  code: string
  jobs: number
  /** In micro-dollars; null if unknown. */
  cost: number | null
  /** When it ended, in milliseconds since 1970. */
  at: number
  /** UTC day whose roll-up counts it. */
  day: string
  /** When the model next delivered a result to the account, in milliseconds since 1970. */
  delivered_at: number | null
}

/** The operator's cost at the image service in one UTC day. Amounts are micro-dollars. */
export type UpstreamDayTable = {
  day: string
  account_id: string
  model: string
  /** Number of generations that were billed, or may have been. */
  count: number
  cost: number
  /** Number of these whose cost is unknown. `cost` does not include them. */
  unknown_count: number
  /** The jobs and the part of `cost` that no account was charged for. */
  unpaid_jobs: number
  unpaid_cost: number
}

/** Equal refusals of one key and session in one hour, of calls that began nothing. Times are milliseconds since 1970. */
export type RefusedCallTable = {
  id: string
  account_id: string
  /** Empty without an API key. */
  key_id: string
  /** Empty if its session had not begun. */
  session_id: string
  operation: Operation
  model: string
  /** The code of the error, and its message. */
  code: string
  reason: string
  /** Hours since 1970. */
  hour: number
  /** The number of calls. */
  count: number
  first_at: number
  last_at: number
}

export type GenerationTables = {
  generation: GenerationTable
  asset: AssetTable
  unpaid_job: UnpaidJobTable
  upstream_day: UpstreamDayTable
  refused_call: RefusedCallTable
}
