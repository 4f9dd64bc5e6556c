import { firstOrThrow, type TransactionBody } from '../db/db.ts'
import type { ApprovalTable } from '../db/schema/approvals.ts'
import type { HoldTable } from '../db/schema/ledger.ts'
import type { HoldArgs } from '../ledger/batch/commands.ts'
import { hold, release } from '../ledger/ledger.ts'
import { truncate } from '../text.ts'
import { alreadyRefused, tooManyOpen } from './refusals.ts'
import * as queries from './queries.ts'

/** How long a call waits for a decision, and after it the decision for the call, in milliseconds. */
export const APPROVAL_MS = 15 * 60_000

/** Most calls of one key that wait at once. */
const OPEN_MAX = 20
/** How often a call looks again because another one was faster. Each time one of them has gone on. */
const TRIES_MAX = 100
/** Most characters of a prompt that are kept for the person who decides. */
const PROMPT_MAX = 500

/** A call that a person has to approve, with the hold that it wants. `approvalId` is used if nobody has asked before. */
export type Wish = HoldArgs & { approvalId: string; prompt: string | null; count: number }

/** An approval that is open, with the terms of its hold. */
export type OpenApproval = Pick<ApprovalTable, 'id' | 'expires_at' | 'generation_id'> &
  Pick<HoldTable, 'amount' | 'operation' | 'model'>

/** What a call finds: it goes on as the generation whose price is held, or it waits for a person. */
export type AskOutcome = { approved: string } | { pending: OpenApproval }

/**
 * Asks for the approval of a call and holds its price, or finds the one that was asked for before. One that is given is
 * used: only one call goes on. Equal calls share one approval and one hold. Throws the refusals of `hold`, `rate_limited`,
 * and `approval_required` if a person has refused this call.
 */
export function* askOrUse(wish: Wish, at: number): TransactionBody<AskOutcome> {
  const { request } = wish
  const call = {
    account_id: request.account_id,
    key_id: request.key_id,
    fingerprint: request.fingerprint,
  }
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const [open] = yield* queries.findOpen(call)
    if (open === undefined) {
      const asked = yield* ask(wish, call, at)
      if (asked !== null) return { pending: asked }
    } else if (!isFor(open, wish, at)) yield* expire({ ...open, upTo: open.expires_at }, at)
    else if (open.status === 'pending') return { pending: open }
    else {
      const { id, account_id } = open
      const [used] = yield* queries.useApproved({ id, account_id, used_by: request.id, at })
      if (used !== undefined) return { approved: used.generation_id }
    }
  }
  throw new Error(`the approval of ${request.id} changed ${TRIES_MAX} times while it was asked for`)
}

/** Returns the generation that a call with this id went on as; null if it has not. Its commit may have been lost. */
export function* usedBy(id: string, accountId: string): TransactionBody<string | null> {
  const [used] = yield* queries.findUse({ used_by: id, account_id: accountId })
  return used?.generation_id ?? null
}

/** Ends an approval that expires by `upTo` without a decision, and gives its hold back. Does nothing if it has ended. */
export function* expire(
  { id, account_id, upTo }: Pick<ApprovalTable, 'id' | 'account_id'> & { upTo: number },
  at: number,
): TransactionBody<void> {
  const [expired] = yield* queries.expireOpen({ id, account_id, upTo })
  if (expired !== undefined) yield* release(expired.generation_id, at, 'expired')
}

/** Writes approval and hold. Returns null if another call has asked meanwhile. */
function* ask(
  { approvalId: id, prompt, count, request, caps }: Wish,
  call: queries.SameCall,
  at: number,
): TransactionBody<OpenApproval | null> {
  const [refused] = yield* queries.findRefused({ ...call, at })
  if (refused !== undefined) throw alreadyRefused(refused, request.amount)
  const { key_id, account_id } = call
  const waiting = firstOrThrow(yield* queries.countOpen({ account_id, key_id })).count
  if (Number(waiting) >= OPEN_MAX) throw tooManyOpen(OPEN_MAX)
  const expires_at = at + APPROVAL_MS
  const [inserted] = yield* queries.insertApproval({
    ...call,
    id,
    generation_id: request.id,
    prompt: prompt === null ? null : truncate(prompt, PROMPT_MAX),
    count,
    created_at: at,
    expires_at,
  })
  if (inserted === undefined) return null
  yield* hold({ ...request, expires_at }, caps)
  const { amount, operation, model } = request
  return { id, expires_at, generation_id: request.id, amount, operation, model }
}

/** Whether an approval is for this call at this price, paid by the same party, and has time left. */
function isFor(
  {
    expires_at,
    amount,
    billing,
  }: Pick<ApprovalTable, 'expires_at'> & Pick<HoldTable, 'amount' | 'billing'>,
  { request }: Wish,
  at: number,
): boolean {
  return expires_at > at && amount === request.amount && billing === request.billing
}
