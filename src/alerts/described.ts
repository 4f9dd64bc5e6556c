import { iso } from '../text.ts'
import { stateOf } from './delivery.ts'
import { ownDelivery, type ListedAlert } from './outbox.ts'
import { textOf } from './words.ts'

/** Returns what every JSON form of an alert has: null for what it is not about. */
export function described(alert: ListedAlert) {
  const { id, at, kind, tries, answer } = alert
  return {
    id,
    at: iso(at),
    kind,
    account: alert.account_id || null,
    subject: alert.subject || null,
    threshold: alert.threshold || null,
    period: alert.period || null,
    text: textOf(alert),
    state: stateOf(alert),
    tries,
    answer,
    webhook: ownDelivery(alert),
  }
}
