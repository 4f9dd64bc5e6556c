import { sessionScope, type ListedCaller } from '../accounts/caller.ts'
import { openSession } from '../accounts/sessions.ts'
import type { SessionTable } from '../db/schema/accounts.ts'
import { firstOrThrow, type TransactionBody } from '../db/db.ts'
import { hold, openAccount } from '../ledger/ledger.ts'
import { findAccount, lockAccount } from '../ledger/queries/account.ts'
import { extendHold } from '../ledger/queries/hold.ts'
import { stopOf } from '../ledger/refusal.ts'
import { lower } from '../ledger/rules.ts'
import { idempotencyConflict } from '../ledger/post.ts'
import type { HoldArgs } from '../ledger/batch/commands.ts'
import type { ProviderName } from '../pricing/catalog.ts'
import type { Quote } from '../pricing/quote.ts'
import type { RequestRemarks } from '../providers/provider.ts'
import { admit, type Admission } from './admission.ts'
import { storeRequest } from './generation.ts'
import { fingerprintOf, type PaidRequest } from './request.ts'
import { findByKey, insertGeneration } from './queries.ts'
import type { GenerationTable } from '../db/schema/generations.ts'

/** How long a hold lasts without a heartbeat, in milliseconds. Every heartbeat restarts it. */
export const HOLD_MS = 15 * 60_000

/** A priced request of a caller. */
export type Order = {
  id: string
  request: PaidRequest
  quote: Quote
  /** What is changed in the request, known before it is sent. */
  remarks: RequestRemarks
  caller: ListedCaller
  provider: ProviderName
  idempotencyKey: string | null
  /** The wanted file name, below the output folder; null for a default name. */
  saveAs: string | null
}

/** The process that works on a generation, and until when, in milliseconds since 1970. */
export type Lease = { owner: string; until: number }

/** The arguments of `begin`; `at` is in milliseconds since 1970. */
export type Beginning = {
  order: Order
  lease: Lease
  at: number
  /**
   * The number of its jobs at the image service, and how many of the account may end unpaid in 60 minutes; null if the
   * operator is not billed.
   */
  allowance: { jobs: number; limit: number } | null
}

export type Begun = {
  /** The id of the generation that already has this idempotency key; null if this one is new. */
  known: string | null
  /** Whether it may be sent now. Otherwise it waits, with its hold, until `admitLater` returns true. */
  admitted: boolean
}

/**
 * Begins an order: writes account, session, generation and hold in one unit. Throws the refusals of `hold` and
 * `admit`; then nothing is stored.
 */
export function* begin(beginning: Beginning): TransactionBody<Begun> {
  const { order, at } = beginning
  const { account } = order.caller
  yield* openAccount(account.id, account.name, at)
  const session = yield* openSession(sessionScope(order.caller), at)
  const admission = admissionOf(beginning)
  const [inserted] = yield* insertGeneration(generationOf(beginning))
  if (inserted === undefined) {
    const known = yield* findReplay(order)
    // It began before and the reply to the commit was lost: `admitLater` then decides again.
    return { known: known === order.id ? null : known, admitted: admission === null }
  }
  const { request, caps } = holdArgsOf(order, session, at)
  yield* hold(request, caps)
  return { known: null, admitted: admission === null || (yield* admit(admission, at)) }
}

type AdmissionArgs = Pick<Beginning, 'order' | 'allowance'>

/** Returns what `admit` needs of a generation; null if the operator is not billed for it. */
export function admissionOf({ order, allowance }: AdmissionArgs): Admission | null {
  if (allowance === null) return null
  const { id, caller, quote } = order
  return {
    id,
    account_id: caller.account.id,
    model: quote.model,
    ...allowance,
  }
}

/** Returns the row of a new generation. */
export function generationOf({ order, lease, at, allowance }: Beginning): GenerationTable {
  const { id, caller, request, remarks, idempotencyKey, saveAs } = order
  const { unitPrice, priceSource } = order.quote
  return {
    id,
    account_id: caller.account.id,
    idempotency_key: idempotencyKey,
    status: 'running',
    request: storeRequest({ request, unitPrice, priceSource, ...(saveAs !== null && { saveAs }) }),
    upstream_id: null,
    error: null,
    remarks: JSON.stringify(remarks),
    upstream_cost: null,
    upstream_jobs: allowance === null ? null : allowance.jobs,
    lease_owner: lease.owner,
    lease_until: lease.until,
    created_at: at,
    finished_at: null,
    fingerprint: fingerprintOf(request),
    answer: 'open',
    unsaved_at: null,
    forgotten_at: null,
  }
}

/** As `begin`, for an order whose price is held already. Returns null, and stores nothing, if its key is taken. */
export function* beginHeld(beginning: Beginning): TransactionBody<{ admitted: boolean } | null> {
  const { order, at } = beginning
  const [inserted] = yield* insertGeneration(generationOf(beginning))
  if (inserted === undefined) return null
  const { id } = order.caller.account
  yield* lockAccount({ id })
  const stopped = stopOf(firstOrThrow(yield* findAccount({ id })))
  if (stopped !== null) throw stopped
  yield* extendHold({ id: order.id, expires_at: at + HOLD_MS })
  const admission = admissionOf(beginning)
  return { admitted: admission === null || (yield* admit(admission, at)) }
}

/** Returns the arguments of `hold` for an order; `at` is in milliseconds since 1970. */
export function holdArgsOf(
  { id, caller, quote, request, provider }: Order,
  session: Pick<SessionTable, 'id' | 'budget'>,
  at: number,
): HoldArgs {
  return {
    request: {
      id,
      account_id: caller.account.id,
      session_id: session.id,
      key_id: caller.keyId,
      group_id: caller.groupId,
      fingerprint: fingerprintOf(request),
      billing: caller.billing,
      amount: quote.price,
      operation: quote.operation,
      model: quote.model,
      modality: quote.modality,
      provider,
      created_at: at,
      expires_at: at + HOLD_MS,
    },
    caps: { ...caller.caps, session: lower(session.budget, caller.session.cap) },
  }
}

/**
 * Returns the id of the generation with this idempotency key, or null if the key is free.
 * Throws `idempotency_conflict` if it belongs to another request.
 */
export function* findReplay({
  caller,
  request,
  idempotencyKey,
}: Pick<Order, 'caller' | 'request' | 'idempotencyKey'>): TransactionBody<string | null> {
  if (idempotencyKey === null) return null
  const [known] = yield* findByKey({
    account_id: caller.account.id,
    idempotency_key: idempotencyKey,
  })
  if (known === undefined) return null
  if (known.fingerprint !== fingerprintOf(request)) throw idempotencyConflict()
  return known.id
}
