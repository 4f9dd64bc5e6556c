/** What the operator did, as the command line and the admin API name it. */
type AuditAction =
  | 'accounts.create'
  | 'accounts.update'
  | 'accounts.suspend'
  | 'accounts.resume'
  | 'accounts.close'
  | 'accounts.erase'
  | 'accounts.credit'
  | 'assets.remove'
  | 'ledger.refund'
  | 'keys.create'
  | 'keys.update'
  | 'keys.rotate'
  | 'keys.revoke'
  | 'approvals.approve'
  | 'approvals.refuse'
  | 'groups.create'
  | 'groups.update'
  | 'alerts.webhook'
  | 'admin_keys.create'
  | 'admin_keys.revoke'

/** One act of the operator. Rows are only ever added. */
export type AuditTable = {
  id: string
  /** Milliseconds since 1970. */
  at: number
  /** Who did it: a user of the operating system, a given name, or the id of an admin key. */
  author: string
  action: AuditAction
  /** Empty if it is about no account. */
  account_id: string
  /** What it is about in the account, such as a generation or a key. */
  subject: string | null
  /** Micro-dollars that the account got, negative if they were taken; null if no money moved. */
  amount: number | null
  reason: string | null
  /** What was changed, as `name=value`. */
  details: string | null
  /** The entry that moved the money. */
  entry_id: string | null
  /** The same key repeats the act without doing it again. */
  request_key: string | null
}

/** A key of the admin API. The key itself is not stored. Times are milliseconds since 1970. */
export type AdminKeyTable = {
  id: string
  /** SHA-256 of the whole key, in hex. */
  hash: string
  /** The first characters of the key, for a person to tell keys apart. */
  prefix: string
  name: string
  /** Scopes, separated by spaces. */
  scopes: string
  created_at: number
  revoked_at: number | null
}

/** A browser that is signed in to the operator's page, or a link that signs one in once. `expires_at` is in milliseconds. */
export type AdminSessionTable = {
  /** SHA-256 of the token, in hex. */
  hash: string
  kind: 'link' | 'session'
  /** The author of what is done with it. */
  author: string
  /** The admin key that signed in, with which it ends; null for a link of the command line. */
  key_id: string | null
  expires_at: number
}

export type OperatorTables = {
  audit: AuditTable
  admin_key: AdminKeyTable
  admin_session: AdminSessionTable
}
