import { hourOf, type NewAlert } from '../alerts/alert.ts'
import { raise } from '../alerts/outbox.ts'
import type { TransactionBody } from '../db/db.ts'
import { findHold } from '../ledger/queries/hold.ts'
import { dayOf } from '../ledger/rules.ts'
import type { Failure } from './finish.ts'
import type { Booking } from './upstream.ts'

/**
 * Raises the alerts of what ended generations cost: work that was sold below cost, and work that nobody pays for. Each
 * model is told once on a UTC day. Reads nothing where all is well.
 */
export function* raiseCosts(bookings: readonly Booking[]): TransactionBody<void> {
  const alerts: NewAlert[] = []
  for (const { id, at, bill, unpaid, charged } of bookings) {
    const cost = (bill.cost ?? 0) - (unpaid?.cost ?? 0)
    if (cost <= charged && unpaid === null) continue
    const [hold] = yield* findHold({ id })
    if (hold?.billing !== 'credits') continue // it is the user who pays
    const { model, account_id: account } = hold
    const of = { subject: model, period: dayOf(at), at }
    const work = { generation: id, model }
    if (cost > charged)
      alerts.push({ ...of, kind: 'price.below_cost', details: { ...work, charged, cost } })
    if (unpaid !== null)
      alerts.push({ ...of, kind: 'work.unpaid', details: { ...work, account, ...unpaid } })
  }
  yield* raise(alerts)
}

/** Raises the alert of a failure for which the operator's balance at the image service is the reason, once an hour. */
export function* raiseExhausted(failures: readonly Failure[]): TransactionBody<void> {
  for (const { id, failure, at } of failures) {
    if (failure.code !== 'upstream_balance_exhausted') continue
    const [hold] = yield* findHold({ id })
    if (hold?.billing !== 'credits') continue
    const details = { generation: id }
    return yield* raise([{ kind: 'upstream.balance_exhausted', period: hourOf(at), at, details }])
  }
}
