import type { HoldRequest } from '../../src/ledger/ledger.ts'
import type { Caps } from '../../src/ledger/rules.ts'

/** What an operation came to: `done`, `replay`, or the code or name of its refusal. */
export type Result = string

export type Operation =
  | { do: 'hold'; request: HoldRequest; caps: Caps }
  | { do: 'capture'; id: string; amount: number }
  | { do: 'release'; id: string; state: 'released' | 'expired' }
  | { do: 'refund'; accountId: string; id: string }
  | { do: 'buy'; id: string; accountId: string; cents: number }
  | { do: 'takeBack'; id: string; target: number; stale: boolean }
  | { do: 'credit'; accountId: string; amount: number; key: string }
