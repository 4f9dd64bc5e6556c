import { preparedQuery, query, type TransactionBody } from '../db/db.ts'
import type { KeyGroupTable } from '../db/schema/accounts.ts'
import { nameOf, notFound, nothingToChange } from './accounts.ts'
import { capOf } from './api-key.ts'

/** Caps that the keys of a group share, in micro-dollars. Null is no cap; 0 refuses every paid call. */
export type GroupCaps = { day: number | null; month: number | null; total: number | null }

/** A group of keys. `createdAt` is in milliseconds since 1970. */
export type KeyGroup = {
  id: string
  accountId: string
  name: string
  caps: GroupCaps
  createdAt: number
}

/** Changes of a group. Absent fields stay as they are. */
export type GroupChanges = { name?: string | undefined; caps?: Partial<GroupCaps> | undefined }

const selectGroup = preparedQuery((db, p: { id: string }) =>
  db.selectFrom('key_group').selectAll().where('id', '=', p.id),
)

/** Returns the group with this id; null for none. */
export function* groupOf(id: string | null): TransactionBody<KeyGroup | null> {
  if (id === null) return null
  const [row] = yield* selectGroup({ id })
  return row === undefined ? null : toGroup(row)
}

/** Returns the id of a group that a key of this account may join, or null for none. Throws `not_found` for any other. */
export function* joinable(id: string | null, accountId: string): TransactionBody<string | null> {
  const group = yield* groupOf(id)
  if (id !== null && group?.accountId !== accountId) throw notFound('group')
  return id
}

/**
 * Creates a group. `id` is chosen before the transaction, `at` is in milliseconds since 1970. Throws `not_found` for an
 * unknown account, and `invalid_input` for an invalid name.
 */
export function* createGroup(
  { id, accountId, name, caps = {} }: GroupChanges & { id: string; accountId: string },
  at: number,
): TransactionBody<KeyGroup> {
  const [account] = yield* query((db) =>
    db.selectFrom('account').select('id').where('id', '=', accountId),
  )
  if (account === undefined) throw notFound('account')
  const row: KeyGroupTable = {
    id,
    account_id: accountId,
    name: nameOf(name ?? '', 'group'),
    day_cap: null,
    month_cap: null,
    total_cap: null,
    ...columnsOf({ caps }),
    created_at: at,
  }
  yield* query((db) =>
    db
      .insertInto('key_group')
      .values(row)
      .onConflict((on) => on.column('id').doNothing()),
  )
  return toGroup(row)
}

/** Changes a group, from the next call of its keys on. Throws `not_found` and `invalid_input`. */
export function* updateGroup(id: string, changes: GroupChanges): TransactionBody<KeyGroup> {
  const columns = columnsOf(changes)
  if (Object.keys(columns).length === 0) throw nothingToChange('group')
  const [row] = yield* query((db) =>
    db.updateTable('key_group').set(columns).where('id', '=', id).returningAll(),
  )
  if (row === undefined) throw notFound('group')
  return toGroup(row)
}

function columnsOf({ name, caps = {} }: GroupChanges) {
  return {
    ...(name !== undefined && { name: nameOf(name, 'group') }),
    ...(caps.day !== undefined && { day_cap: capOf(caps.day) }),
    ...(caps.month !== undefined && { month_cap: capOf(caps.month) }),
    ...(caps.total !== undefined && { total_cap: capOf(caps.total) }),
  }
}

/** Converts a row to a group. */
export function toGroup(row: KeyGroupTable): KeyGroup {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    caps: { day: row.day_cap, month: row.month_cap, total: row.total_cap },
    createdAt: row.created_at,
  }
}
