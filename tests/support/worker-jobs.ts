/** What a spawned process is asked to do with a ledger, and what it answers. */
export type Job =
  | { do: 'open'; url: string }
  | { do: 'hold'; url: string; ids: string[]; amount: number; cap: number | null }
  | { do: 'charge'; url: string; ids: string[]; amount: number; dayCap: number }
  | { do: 'pairs'; url: string; name: string; forMs: number }
  | { do: 'credit'; url: string; credits: { key: string; amount: number }[] }
  | { do: 'fill'; url: string; name: string; rounds: number }
  | { do: 'stream'; url: string; name: string }

/** `ok`, or the code or message of the refusal. */
export type Outcome = string

export type Answer = {
  /** One for each operation, in order. */
  outcomes: Outcome[]
  /** Holds captured. */
  pairs: number
  /** The longest that one hold or capture took, in milliseconds. */
  slowestMs: number
}

/** The account that the jobs spend from. */
export const ACCOUNT = 'acct_1'
