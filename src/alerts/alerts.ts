import type { Db } from '../db/db.ts'
import { AppError, codeOf } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import { hourOf, type NewAlert } from './alert.ts'
import { messageOf, testMessage, type Message } from './message.ts'
import { claimDue, findAlert, noteAnswer, raise, type Answer } from './outbox.ts'
import { send, type Receiver } from './send.ts'

export type AlertsDeps = {
  db: Db
  log: Log
  /** The time, in milliseconds since 1970. */
  now: () => number
  /** Returns the operator's receiver; null where none is set. */
  receiver: () => Promise<Receiver | null>
  /** Throws if outputs cannot be stored. */
  checkStore: () => Promise<void>
}

export type Alerts = {
  /** Delivers what is due, and looks at the store about once a minute. Never rejects. */
  round(): Promise<void>
  /** Raises the alert of a ledger that differs. Never rejects: a damaged ledger may take no writes. */
  verifyFailed(invariant: string): Promise<void>
  /** Sends a test message. Throws `invalid_input` where no receiver is set. */
  test(): Promise<Answer>
  /** Sends an alert now, whatever became of it. Throws `invalid_input` where no receiver is set, and `not_found`. */
  resend(id: string): Promise<Answer>
}

/** Most alerts delivered in one round, all at once. */
const ROUND_MAX = 20
/** Time between two looks at the store, in milliseconds. */
const STORE_MS = 60_000

/** Creates what delivers alerts, at least once each, and raises those that no transaction of money can. */
export function createAlerts({ db, log, now, receiver, checkStore }: AlertsDeps): Alerts {
  let lookedAt = Number.NEGATIVE_INFINITY
  const lookAtStore = async (): Promise<void> => {
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
  const deliver = async (): Promise<void> => {
    const to = await receiver()
    if (to === null) return
    const due = await db.write(() => claimDue(now(), ROUND_MAX))
    await Promise.all(due.map(async (alert) => await attempt(to, messageOf(alert))))
  }
  const attempt = async (to: Receiver, message: Message): Promise<Answer> => {
    const answer = await send(to, message, now())
    await db.write(() => noteAnswer(message.id, answer, now()))
    if (answer.outcome !== 'delivered')
      log.warn('alert.undelivered', { alert: message.id, answer: answer.says })
    return answer
  }
  const known = async (): Promise<Receiver> => {
    const to = await receiver()
    if (to !== null) return to
    throw new AppError('invalid_input', 'No receiver of alerts is set.', {
      hint: 'Alerts are listed all the same.',
      localHint: 'Set INKWELL_ALERT_URL to the address of a webhook.',
    })
  }
  return {
    round: async () => {
      for (const step of [lookAtStore, deliver])
        await step().catch((error: unknown) => log.warn('alert.round', { error }))
    },
    verifyFailed: async (invariant) => {
      const at = now()
      const fault = { kind: 'ledger.verify_failed', period: hourOf(at), at, details: { invariant } }
      await db
        .write(() => raise([fault as NewAlert]))
        .catch((error: unknown) => log.error('alert.not_raised', { error }))
    },
    test: async () => {
      const at = now()
      return await send(await known(), testMessage(newId('alert', at), at), at)
    },
    resend: async (id) => {
      const to = await known()
      const alert = await db.read(() => findAlert(id))
      if (alert !== null) return await attempt(to, messageOf(alert))
      throw new AppError('not_found', 'No alert has this id.', {
        hint: 'Give the id of an alert: alert_….',
        localHint: '`inkwell alerts list --json` shows them.',
      })
    },
  }
}
