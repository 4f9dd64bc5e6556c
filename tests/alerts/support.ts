import { stateOf } from '../../src/alerts/delivery.ts'
import { listAlerts, ownDelivery, raise } from '../../src/alerts/outbox.ts'
import { setWebhook } from '../../src/alerts/webhooks.ts'
import type { App } from '../../src/app.ts'
import type { AlertReceiver } from '../support/alert-receiver.ts'
import { operated, type Operated } from '../support/operator.ts'

export const SECRET = `whsec_${Buffer.alloc(32, 'f3a90c71').toString('base64')}`
export const MINUTE_MS = 60_000

export const shopWith = (receiver: AlertReceiver, env = {}) =>
  operated({ env: { INKWELL_ALERT_URL: receiver.url, INKWELL_ALERT_SECRET: SECRET, ...env } })

export async function raiseLow(app: App, account_id = 'acct_1'): Promise<void> {
  const details = { available: 999_999, below: 1_000_000 }
  const at = app.generations.now()
  await app.db.write(() => raise([{ kind: 'balance.low', account_id, period: 'x', at, details }]))
}

export async function states(app: App): Promise<string[]> {
  const { alerts } = await app.db.read(() => listAlerts({ limit: 100 }))
  return alerts.map((alert) => `${stateOf(alert)} after ${alert.tries}: ${alert.answer}`)
}

/** The secret of the account's webhook. */
export const OWN_SECRET = `whsec_${Buffer.alloc(32, 'b1946ac9').toString('base64')}`
export const ACCOUNT = 'acct_1'

/** Sets the webhook of the account. */
export async function setFor({ app }: Operated, url: string): Promise<void> {
  const webhook = { account_id: ACCOUNT, url, secret: OWN_SECRET, shown_at: null }
  await app.db.write(() => setWebhook(webhook, app.now()))
}

/** What became of each alert of the account at its webhook, newest first. */
export async function sent({ app }: Operated): Promise<string[]> {
  const { alerts } = await app.db.read(() => listAlerts({ accountId: ACCOUNT, limit: 100 }))
  return alerts.map((alert) => {
    const own = ownDelivery(alert)
    return own === null ? 'not there' : `${own.state} after ${own.tries}: ${own.answer}`
  })
}
