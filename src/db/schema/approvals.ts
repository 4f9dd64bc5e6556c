/** `pending` and `approved` are open: the hold stands. `used`: its call went on. */
type ApprovalStatus = 'pending' | 'approved' | 'refused' | 'expired' | 'used'

/**
 * A call that a person has to approve. Its hold carries the id of the generation that the call becomes. Times are
 * milliseconds since 1970.
 */
export type ApprovalTable = {
  id: string
  account_id: string
  /** Empty without an API key. */
  key_id: string
  /** Of the request: the same call goes on once it is approved. */
  fingerprint: string
  /** The id of its hold, and of its generation once it is used. */
  generation_id: string
  status: ApprovalStatus
  /** The start of its prompt, for the person who decides; null if it has none, and once it has ended. */
  prompt: string | null
  /** The number of outputs. */
  count: number
  created_at: number
  /** Until when it waits: for a decision, or then for its call. */
  expires_at: number
  /** Who decided, and when; null while nobody has. */
  decided_by: string | null
  decided_at: number | null
  /** The id that the call which used it had drawn for itself; null unless it is used. */
  used_by: string | null
}

export type ApprovalTables = { approval: ApprovalTable }
