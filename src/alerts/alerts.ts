import type { Db } from '../db/db.ts'
import { AppError, codeOf } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Hosts } from '../network/public-hosts.ts'
import { hourOf, type NewAlert } from './alert.ts'
import { messageOf, testMessage, type Message } from './message.ts'
import { addDelivery, claimDue, noteAnswer, type Answer, type Queue } from './delivery.ts'
import { findAlert, raise } from './outbox.ts'
import { send, type Receiver } from './send.ts'
import { findWebhook, webhookByHand } from './webhooks.ts'

export type AlertsDeps = {
  db: Db
  log: Log
  /** The time, in milliseconds since 1970. */
  now: () => number
  /** Returns the operator's receiver; null where none is set. */
  receiver: () => Promise<Receiver | null>
  /** Throws if outputs cannot be stored. */
  checkStore: () => Promise<void>
  /** Replaces parts of the network in a test. */
  hosts: Hosts | undefined
}

export type Alerts = {
  /** Delivers what is due, and looks at the store about once a minute. Never rejects. */
  round(): Promise<void>
  /** Raises the alert of a ledger that differs. Never rejects: a damaged ledger may take no writes. */
  verifyFailed(invariant: string): Promise<void>
  /**
   * Sends a test message to the operator's receiver, or to the webhook of an account. Throws `invalid_input` where none is
   * set, and `rate_limited` for an account that sent one just before.
   */
  test(accountId?: string): Promise<Answer>
  /** Sends an alert now, whatever became of it, as `test` does. Throws `not_found` also for that of another account. */
  resend(id: string, accountId?: string): Promise<Answer>
}

/** Most alerts delivered in one round, all at once. */
const ROUND_MAX = 20
/** Time between two looks at the store, in milliseconds. */
const STORE_MS = 60_000

/** Creates what delivers alerts, at least once each, and raises those that no transaction of money can. */
export function createAlerts(deps: AlertsDeps): Alerts {
  const { db, log, now } = deps
  const lookAtStore = storeWatch(deps)
  const { toOperator, toAccount, byHand } = receivers(deps)
  const deliver = async (queue: Queue): Promise<void> => {
    if (queue === 'alert' && (await toOperator()) === null) return
    const due = await db.write(() => claimDue(queue, now(), ROUND_MAX))
    await Promise.all(
      due.map(async (alert) => {
        const to = await (queue === 'alert' ? toOperator() : toAccount(alert.account_id))
        if (to !== null) await attempt(queue, to, messageOf(alert))
      }),
    )
  }
  const attempt = async (queue: Queue, to: Receiver, message: Message): Promise<Answer> => {
    const answer = await send(to, message, now())
    const { id } = message
    await db.write(() => noteAnswer(queue, { id, answer }, now()))
    if (answer.outcome !== 'delivered')
      log.warn('alert.undelivered', { alert: id, queue, answer: answer.says })
    return answer
  }
  return {
    round: async () => {
      const steps = [lookAtStore(), deliver('alert'), deliver('alert_delivery')]
      for (const { reason } of (await Promise.allSettled(steps)).filter(isRejected))
        log.warn('alert.round', { error: reason })
    },
    verifyFailed: async (invariant) => {
      const at = now()
      const fault = { kind: 'ledger.verify_failed', period: hourOf(at), at, details: { invariant } }
      await db
        .write(() => raise([fault as NewAlert]))
        .catch((error: unknown) => log.error('alert.not_raised', { error }))
    },
    test: async (accountId) => {
      const at = now()
      return await send(await byHand(accountId), testMessage(newId('alert', at), at), at)
    },
    resend: async (id, accountId) => {
      const alert = await db.read(() => findAlert(id))
      if (alert === null || alert.account_id !== (accountId ?? alert.account_id)) throw noAlert()
      const to = await byHand(accountId)
      if (accountId !== undefined) await db.write(() => addDelivery(alert))
      return await attempt(
        accountId === undefined ? 'alert' : 'alert_delivery',
        to,
        messageOf(alert),
      )
    },
  }
}

const isRejected = (step: PromiseSettledResult<void>): step is PromiseRejectedResult =>
  step.status === 'rejected'

/** Returns what looks at the store about once a minute, and raises an alert if it cannot be written. */
function storeWatch({ db, now, checkStore }: AlertsDeps): () => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (performance.now() < lookedAt + STORE_MS) return
    lookedAt = performance.now()
    const reason = await checkStore().then(
      () => null,
      (error: unknown) => (error instanceof AppError ? error.message : codeOf(error) || 'a fault'),
    )
    if (reason === null) return
    const at = now()
    const fault = { kind: 'store.failing', period: hourOf(at), at, details: { reason } } as const
    await db.write(() => raise([fault]))
  }
}

/** Returns who receives alerts. The address of an account's webhook comes from outside: it has to be public. */
function receivers({ db, now, receiver: toOperator, hosts = {} }: AlertsDeps) {
  const known = async (): Promise<Receiver> => {
    const to = await toOperator()
    if (to !== null) return to
    throw new AppError('invalid_input', 'No receiver of alerts is set.', {
      hint: 'Alerts are listed all the same.',
      localHint: 'Set INKWELL_ALERT_URL to the address of a webhook.',
    })
  }
  const asReceiver = ({ url, secret }: Receiver): Receiver => ({ url, secret, publicHosts: hosts })
  return {
    toOperator,
    toAccount: async (accountId: string): Promise<Receiver | null> => {
      const webhook = await db.read(() => findWebhook(accountId))
      return webhook && asReceiver(webhook)
    },
    byHand: async (accountId: string | undefined): Promise<Receiver> =>
      accountId === undefined
        ? await known()
        : asReceiver(await db.write(() => webhookByHand(accountId, now()))),
  }
}

function noAlert(): AppError {
  return new AppError('not_found', 'No alert has this id.', {
    hint: 'Give the id of an alert: alert_….',
    localHint: '`inkwell alerts list --json` shows them.',
  })
}
