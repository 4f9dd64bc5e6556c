import { sessionScope, type Caller } from '../accounts/caller.ts'
import { openSession } from '../accounts/sessions.ts'
import type { SessionTable } from '../accounts/schema.ts'
import type { Unit } from '../db/db.ts'
import { hold, openAccount } from '../ledger/ledger.ts'
import { lower } from '../ledger/rules.ts'
import { idempotencyConflict } from '../ledger/post.ts'
import type { HoldOrder } from '../ledger/sets.ts'
import type { ProviderName } from '../pricing/catalog.ts'
import type { Quote } from '../pricing/quote.ts'
import type { RequestRemarks } from '../providers/provider.ts'
import { storeRequest } from './generation.ts'
import { fingerprintOf, type PaidRequest } from './request.ts'
import { findByKey, insertGeneration } from './rows.ts'
import type { GenerationTable } from './schema.ts'

/** Time a hold lives without news of its work, in milliseconds. Every heartbeat starts it anew. */
export const HOLD_MS = 15 * 60_000

export type Order = {
  id: string
  request: PaidRequest
  quote: Quote
  /** What becomes of the request, known before it is sent. */
  remarks: RequestRemarks
  caller: Caller
  provider: ProviderName
  idempotencyKey: string | null
  /** What its files are to be called, below the output folder; null for names of ours. */
  saveAs: string | null
}

export type Lease = { owner: string; until: number }

/**
 * Reserves an order: account, session, generation and hold in one unit. Answers the id of the
 * generation that the order's idempotency key already stands for, or null where it is new.
 * Throws the refusals of `hold`, and leaves nothing behind then.
 */
export function* begin(order: Order, lease: Lease, at: number): Unit<string | null> {
  const { account } = order.caller
  yield* openAccount(account.id, account.name, at)
  const session = yield* openSession(sessionScope(order.caller), at)
  const [inserted] = yield* insertGeneration(generationOf(order, lease, at))
  if (inserted === undefined) {
    const known = yield* findReplay(order)
    return known === order.id ? null : known // begun before, where the commit was lost on its way to us
  }
  const { request, caps } = holdOrderOf(order, session, at)
  yield* hold(request, caps)
  return null
}

/** The row of a generation that begins. */
export function generationOf(
  { id, caller, quote, request, remarks, idempotencyKey, saveAs }: Order,
  lease: Lease,
  at: number,
): GenerationTable {
  const { unitPrice, priceSource } = quote
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
    lease_owner: lease.owner,
    lease_until: lease.until,
    created_at: at,
    finished_at: null,
    fingerprint: fingerprintOf(request),
    answer: 'open',
  }
}

/** What an order asks of the ledger. */
export function holdOrderOf(
  { id, caller, quote, request, provider }: Order,
  session: Pick<SessionTable, 'id' | 'budget'>,
  at: number,
): HoldOrder {
  return {
    request: {
      id,
      account_id: caller.account.id,
      session_id: session.id,
      key_id: caller.keyId,
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
 * The generation that an idempotency key stands for, or null where the key is free.
 * Throws `idempotency_conflict` where it stands for another request.
 */
export function* findReplay({
  caller,
  request,
  idempotencyKey,
}: Pick<Order, 'caller' | 'request' | 'idempotencyKey'>): Unit<string | null> {
  if (idempotencyKey === null) return null
  const [known] = yield* findByKey({
    account_id: caller.account.id,
    idempotency_key: idempotencyKey,
  })
  if (known === undefined) return null
  if (known.fingerprint !== fingerprintOf(request)) throw idempotencyConflict()
  return known.id
}
