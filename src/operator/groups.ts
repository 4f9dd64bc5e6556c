import { createGroup, updateGroup, type GroupChanges, type KeyGroup } from '../accounts/groups.ts'
import type { TransactionBody } from '../db/db.ts'
import { openIfLocal } from '../accounts/accounts.ts'
import { record, type Author } from './audit.ts'
import { capsText } from './keys.ts'

/** Creates a group of keys. Throws the errors of `createGroup`. */
export function* openGroup(
  group: GroupChanges & { id: string; accountId: string },
  author: Author,
): TransactionBody<KeyGroup> {
  yield* openIfLocal(group.accountId, author.at)
  const created = yield* createGroup(group, author.at)
  yield* record(author, {
    action: 'groups.create',
    account_id: group.accountId,
    subject: group.id,
    details: detailsOf(group),
  })
  return created
}

/** Changes a group. Throws the errors of `updateGroup`. */
export function* changeGroup(
  id: string,
  changes: GroupChanges,
  author: Author,
): TransactionBody<KeyGroup> {
  const group = yield* updateGroup(id, changes)
  yield* record(author, {
    action: 'groups.update',
    account_id: group.accountId,
    subject: id,
    details: detailsOf(changes),
  })
  return group
}

function detailsOf({ name, caps = {} }: GroupChanges): string {
  return [name !== undefined && `name=${name}`, capsText(caps)].filter(Boolean).join(' ')
}
