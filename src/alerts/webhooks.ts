import { crypto } from '../crypto.ts'
import { query, type TransactionBody } from '../db/db.ts'
import type { AlertReceiverTable } from '../db/schema/alerts.ts'
import { AppError } from '../errors.ts'
import { publicAddresses, showsItsAddress, type Hosts } from '../network/public-hosts.ts'

/** Time between two messages that a person sends to the webhook of an account by hand, in milliseconds. */
const BY_HAND_MS = 3_000
const URL_MAX = 1_000

/** Returns a new secret that signs alerts, as receivers need it: `whsec_…`. */
export function newWebhookSecret(): string {
  return `whsec_${crypto().randomBytes(32).toString('base64')}`
}

/**
 * Returns an address that people of an account want alerts to be sent to, which only a public https host may have. Where its
 * name leads is checked whenever something is sent. Throws `invalid_input`, without the address: it counts as a secret.
 */
export async function webhookAddress(text: string, hosts: Hosts = {}): Promise<string> {
  const url = URL.parse(text.trim())
  if (url === null || url.protocol !== 'https:') throw refused('must be an https: address.')
  if (url.href.length > URL_MAX) throw refused(`has at most ${URL_MAX} characters.`)
  if (url.username !== '' || url.password !== '') throw refused('holds a user name or password.')
  if ((await showsItsAddress(url)) && (await publicAddresses(url, hosts)).length === 0)
    throw refused('leads to a private or local address.')
  return url.href
}

type NewWebhook = Pick<AlertReceiverTable, 'account_id' | 'url' | 'secret' | 'shown_at'>

/** Sets the webhook of an account, in the place of the one before. `at` is in milliseconds since 1970. */
export function* setWebhook(webhook: NewWebhook, at: number): TransactionBody<void> {
  const row: AlertReceiverTable = { ...webhook, created_at: at, sent_at: null }
  yield* query((db) =>
    db
      .insertInto('alert_receiver')
      .values(row)
      .onConflict((on) => on.column('account_id').doUpdateSet(row)),
  )
}

/** Returns the webhook of an account; null if it has none. */
export function* findWebhook(accountId: string): TransactionBody<AlertReceiverTable | null> {
  const [webhook] = yield* query((db) =>
    db.selectFrom('alert_receiver').selectAll().where('account_id', '=', accountId),
  )
  return webhook ?? null
}

/** Removes the webhook of an account, and what still waits for it. Returns whether there was one. */
export function* removeWebhook(accountId: string): TransactionBody<boolean> {
  const removed = yield* query((db) =>
    db.deleteFrom('alert_receiver').where('account_id', '=', accountId).returning('account_id'),
  )
  yield* query((db) =>
    db
      .deleteFrom('alert_delivery')
      .where('account_id', '=', accountId)
      .where('next_at', 'is not', null),
  )
  return removed.length > 0
}

/** Returns the secret of an account's webhook once; null from then on. `at` is in milliseconds since 1970. */
export function* takeSecret(accountId: string, at: number): TransactionBody<string | null> {
  const [shown] = yield* query((db) =>
    db
      .updateTable('alert_receiver')
      .set({ shown_at: at })
      .where('account_id', '=', accountId)
      .where('shown_at', 'is', null)
      .returning('secret'),
  )
  return shown?.secret ?? null
}

/**
 * Returns the webhook of an account for a message by hand. Throws `invalid_input` if it has none, and `rate_limited` if one
 * was sent just before. `now` is in milliseconds since 1970.
 */
export function* webhookByHand(
  accountId: string,
  now: number,
): TransactionBody<AlertReceiverTable> {
  const [webhook] = yield* query((db) =>
    db
      .updateTable('alert_receiver')
      .set({ sent_at: now })
      .where('account_id', '=', accountId)
      .where((or) => or('sent_at', 'is', null).or('sent_at', '<=', now - BY_HAND_MS))
      .returningAll(),
  )
  if (webhook !== undefined) return webhook
  if ((yield* findWebhook(accountId)) !== null)
    throw new AppError('rate_limited', 'A message was sent to this webhook just now.', {
      hint: `Wait ${BY_HAND_MS / 1000} seconds.`,
      facts: { retryAfterSeconds: BY_HAND_MS / 1000 },
    })
  throw new AppError('invalid_input', 'This account has no webhook for its alerts.', {
    hint: 'Set one on its page of alerts.',
    localHint: '`inkwell alerts webhook <url> --account <id>` sets one.',
  })
}

function refused(what: string): AppError {
  return new AppError('invalid_input', `A webhook for alerts ${what}`, {
    hint: 'Give the public https: address of a receiver, without a user name.',
  })
}
