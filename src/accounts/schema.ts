/** The scope of a session budget: a row, so that it outlives processes and connections. */
export type SessionTable = {
  id: string
  account_id: string
  /** What it was resolved from, such as a configured id or a process; unique in its account. */
  name: string
  /** Micro-dollars, fixed when the session begins; null is no cap. */
  budget: number | null
  created_at: number
}

export type AccountTables = { session: SessionTable }
