export type GenerationStatus = 'running' | 'completed' | 'failed'

/** The state of one paid piece of work. What it costs stands in the hold with the same id. */
export type GenerationTable = {
  id: string
  account_id: string
  idempotency_key: string | null
  status: GenerationStatus
  /** JSON: what was asked for, for a person to read and for another process to finish it. */
  request: string
  /** The provider's id for the job, once it has one. */
  upstream_id: string | null
  /** JSON: an `AppError` in its public form, where the work failed. */
  error: string | null
  /** JSON: `Remarks` on the result. */
  remarks: string
  /** What the provider billed the owner of its key, in micro-dollars, where it said. */
  upstream_cost: number | null
  /**
   * How many jobs it is at the image service, where the operator is billed for them: 0 while it waits to be sent. Null
   * for work of this machine and work on an own key.
   */
  upstream_jobs: number | null
  /** Process that works on it, and until when its word counts. */
  lease_owner: string
  lease_until: number
  created_at: number
  finished_at: number | null
  /** Of the request, as its hold has it: what the same call is known by. */
  fingerprint: string
  /** Whether a call waits for the answer, went without it, or has it. */
  answer: 'open' | 'lost' | 'heard'
  /** Since when the work is done and its files wait for disk space, in milliseconds; null where they never had to. */
  unsaved_at: number | null
}

/** One file that a generation made, or that was uploaded to be worked on. */
export type AssetTable = {
  id: string
  account_id: string
  /** Null for an upload. */
  generation_id: string | null
  position: number
  path: string
  mime_type: string
  width: number | null
  height: number | null
  bytes: number
  sha256: string
  created_at: number
  /** When a tool was last given an upload, in milliseconds; null where none was yet, and for what was generated. */
  used_at: number | null
}

/** Jobs of a generation that the operator was billed for, or may have been, and that nobody was charged for. */
type UnpaidJobTable = {
  /** The generation's. */
  id: string
  account_id: string
  key_id: string
  model: string
  /** Why: the code of its failure, or `partial` where other jobs of it were delivered. */
  code: string
  jobs: number
  /** In micro-dollars; null where it is not known. */
  cost: number | null
  at: number
  /** UTC day whose roll-up counts it. */
  day: string
  /** When the model brought the account a result again. */
  delivered_at: number | null
}

/** What work at the image service cost the operator in one day. Amounts are micro-dollars. */
type UpstreamDayTable = {
  day: string
  account_id: string
  model: string
  /** Generations that were billed, or may have been. */
  count: number
  cost: number
  /** Those of them whose cost is not known: they are missing in it. */
  unknown_count: number
  /** What of it nobody was charged for. */
  unpaid_jobs: number
  unpaid_cost: number
}

export type GenerationTables = {
  generation: GenerationTable
  asset: AssetTable
  unpaid_job: UnpaidJobTable
  upstream_day: UpstreamDayTable
}
