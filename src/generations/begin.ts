import { sessionScope, type Caller } from '../accounts/caller.ts'
import { openSession } from '../accounts/sessions.ts'
import type { Unit } from '../db/db.ts'
import { hold, openAccount } from '../ledger/ledger.ts'
import { lower } from '../ledger/rules.ts'
import { idempotencyConflict } from '../ledger/post.ts'
import type { Quote } from '../pricing/quote.ts'
import { storeRequest } from './generation.ts'
import { fingerprintOf, type PaidRequest } from './request.ts'
import { findByKey, insertGeneration } from './rows.ts'

/** Time a hold lives without news of its work, in milliseconds. Every heartbeat starts it anew. */
export const HOLD_MS = 15 * 60_000

export type Order = {
  id: string
  request: PaidRequest
  quote: Quote
  caller: Caller
  provider: 'fal.ai' | 'local'
  idempotencyKey: string | null
}

export type Lease = { owner: string; until: number }

/**
 * Reserves an order: account, session, generation and hold in one unit. Answers the id of the
 * generation that the order's idempotency key already stands for, or null where it is new.
 * Throws the refusals of `hold`, and leaves nothing behind then.
 */
export function* begin(order: Order, lease: Lease, at: number): Unit<string | null> {
  const { id, caller, quote, request } = order
  yield* openAccount(caller.account.id, caller.account.name, at)
  const session = yield* openSession(sessionScope(caller), at)
  const [inserted] = yield* insertGeneration({
    id,
    account_id: caller.account.id,
    idempotency_key: order.idempotencyKey,
    request: storeRequest({ request, unitPrice: quote.unitPrice, priceSource: quote.priceSource }),
    lease_owner: lease.owner,
    lease_until: lease.until,
    created_at: at,
  })
  if (inserted === undefined) return yield* findReplay(order)
  yield* hold(
    {
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
      provider: order.provider,
      created_at: at,
      expires_at: at + HOLD_MS,
    },
    { ...caller.caps, session: lower(session.budget, caller.session.cap) },
  )
  return null
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
