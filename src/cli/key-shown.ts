import { statusOf, type ApiKey, type KeyCaps } from '../accounts/api-key.ts'
import type { GroupCaps } from '../accounts/groups.ts'
import { display } from '../money.ts'
import { moneyOrNull } from '../usage/shapes.ts'
import { modelsOf } from './options.ts'
import { isoOrNull } from '../text.ts'

/** Returns the permissions and limits of a key as lines of text. */
export function termsOf(key: ApiKey): string[] {
  return [
    `  Scopes: ${key.scopes.join(', ')}`,
    `  Models: ${modelsOf(key)}`,
    `  Caps: ${capsOf(key.caps)}`,
    `  Group: ${key.groupId ?? 'none'}`,
    `  Expires: ${isoOrNull(key.expiresAt) ?? 'never'}`,
  ]
}

/** Returns a key as JSON shows it. `at` is in milliseconds since 1970. */
export function shownKey(key: ApiKey, at: number): object {
  const { id, kind, accountId, name, prefix, scopes, models, groupId } = key
  return {
    id,
    kind,
    accountId,
    name,
    prefix,
    scopes,
    models,
    groupId,
    caps: shownCaps(key.caps),
    status: statusOf(key, at),
    expiresAt: isoOrNull(key.expiresAt),
    revokedAt: isoOrNull(key.revokedAt),
    lastUsedAt: isoOrNull(key.lastUsedAt),
    createdAt: isoOrNull(key.createdAt),
  }
}

/** Returns caps as JSON shows them. */
export function shownCaps(caps: KeyCaps | GroupCaps): object {
  return Object.fromEntries(
    Object.entries(caps).map(([scope, limit]) => [scope, moneyOrNull(limit)]),
  )
}

/** Formats caps for one table cell. */
export function capsOf(caps: KeyCaps | GroupCaps): string {
  const set = Object.entries(caps).filter(([, limit]) => limit !== null)
  return set.map(([scope, limit]) => `${scope} ${display(limit ?? 0)}`).join(', ') || 'none'
}
