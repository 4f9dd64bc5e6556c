import type { AlertTable } from '../db/schema/alerts.ts'
import { money } from '../money.ts'
import { iso } from '../text.ts'
import { textOf } from './words.ts'

/** A message to a receiver, in the form of the Standard Webhooks specification. Slack shows its `text`. */
export type Message = { id: string; body: string }

/** The details of alerts that are amounts, in micro-dollars. */
const AMOUNTS: ReadonlySet<string> = new Set([
  'used',
  'refused',
  'available',
  'below',
  'charged',
  'cost',
])

/** Returns the message of an alert. Its id is that of the alert, however often it is sent. */
export function messageOf(alert: AlertTable): Message {
  const details = Object.entries(
    JSON.parse(alert.details) as Record<string, string | number | null>,
  )
  const shown = details.map(([name, value]) => [
    name,
    AMOUNTS.has(name) && typeof value === 'number' ? money(value) : value,
  ])
  const body = {
    type: alert.kind,
    timestamp: iso(alert.at),
    text: textOf(alert),
    data: {
      id: alert.id,
      account: alert.account_id || null,
      subject: alert.subject || null,
      period: alert.period || null,
      ...(alert.threshold > 0 && { threshold: alert.threshold, limit: money(alert.cap) }),
      ...(Object.fromEntries(shown) as object),
    },
  }
  return { id: alert.id, body: JSON.stringify(body) }
}

/** Returns a message that tests a receiver. `at` is in milliseconds since 1970. */
export function testMessage(id: string, at: number): Message {
  const text = 'A test of Inkwell: alerts arrive here.'
  const timestamp = iso(at)
  return { id, body: JSON.stringify({ type: 'test', timestamp, text, data: { id } }) }
}
