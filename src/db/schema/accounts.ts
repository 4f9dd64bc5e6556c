/**
 * The scope of a session budget. It is stored, so that it outlives processes and connections. Times are milliseconds
 * since 1970.
 */
export type SessionTable = {
  id: string
  account_id: string
  /** Its source, such as a configured id or a process. Unique in its account. */
  name: string
  /** Micro-dollars, fixed when the session begins; null is no cap. */
  budget: number | null
  created_at: number
}

/** An API key of an account. The key itself is not stored. Times are milliseconds since 1970. */
export type ApiKeyTable = {
  id: string
  account_id: string
  /** SHA-256 of the whole key, in hex. A connection has no key: its own id stands here, which is no hash. */
  hash: string
  /** The key with which this one ends; null for none. */
  ends_with: string | null
  /** The first characters of the key, for a person to tell keys apart. */
  prefix: string
  name: string | null
  /** Scopes, separated by spaces. */
  scopes: string
  /** Caps in micro-dollars; null is no cap, 0 refuses every paid call. */
  session_cap: number | null
  day_cap: number | null
  month_cap: number | null
  total_cap: number | null
  /** The largest price of one call. */
  call_cap: number | null
  /** The price above which a person has to approve a call. */
  approve_above: number | null
  /** Patterns of the allowed models, separated by spaces; null allows all. */
  models: string | null
  /** The key is refused from this time on; null is never. */
  expires_at: number | null
  revoked_at: number | null
  /** Accurate to a minute. */
  last_used_at: number | null
  created_at: number
  /** Its group, of the same account; null for none. */
  group_id: string | null
  /** After a rotation: the hash of the secret before, and until when that is accepted. */
  old_hash: string | null
  old_until: number | null
}

/** Keys of an account with budgets that they share. Caps are micro-dollars; null is no cap. */
export type KeyGroupTable = {
  id: string
  account_id: string
  name: string
  day_cap: number | null
  month_cap: number | null
  total_cap: number | null
  /** Milliseconds since 1970. */
  created_at: number
}

/** A session of a 2025-era MCP client. It is stored, so that any server can continue it. It has no budget. */
export type McpSessionTable = {
  /** The Mcp-Session-Id. */
  id: string
  key_id: string
  /** JSON: the `initialize` request that opened it. */
  opening: string
  /** Milliseconds since 1970. */
  used_at: number
}

/** A browser that is signed in to the usage page, or a link that signs a browser in once. */
export type PageSessionTable = {
  /** SHA-256 of the token, in hex. The token itself is not stored. */
  hash: string
  kind: 'link' | 'session'
  account_id: string
  /** The key that signed in; the session ends with it. Empty for a sign-in by a link made on this machine. */
  key_id: string
  /** Milliseconds since 1970. */
  expires_at: number
}

export type AccountTables = {
  session: SessionTable
  api_key: ApiKeyTable
  key_group: KeyGroupTable
  mcp_session: McpSessionTable
  page_session: PageSessionTable
}
