import { getAccount, openIfLocal } from '../accounts/accounts.ts'
import { removeWebhook, setWebhook } from '../alerts/webhooks.ts'
import type { TransactionBody } from '../db/db.ts'
import { record, type Author } from './audit.ts'

/** Sets the webhook of an account for its alerts. The audit log has its host only. Throws `not_found`. */
export function* setAlertWebhook(
  accountId: string,
  { url, secret }: { url: string; secret: string },
  author: Author,
): TransactionBody<void> {
  yield* openIfLocal(accountId, author.at)
  yield* getAccount(accountId)
  yield* setWebhook({ account_id: accountId, url, secret, shown_at: author.at }, author.at)
  const details = `host=${new URL(url).host}`
  yield* record(author, { action: 'alerts.webhook', account_id: accountId, details })
}

/** Removes the webhook of an account for its alerts. Returns whether there was one. Throws `not_found`. */
export function* removeAlertWebhook(accountId: string, author: Author): TransactionBody<boolean> {
  yield* openIfLocal(accountId, author.at)
  yield* getAccount(accountId)
  const wasSet = yield* removeWebhook(accountId)
  if (wasSet)
    yield* record(author, { action: 'alerts.webhook', account_id: accountId, details: 'removed' })
  return wasSet
}
