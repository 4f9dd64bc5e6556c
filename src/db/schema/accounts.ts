/** The scope of a session budget: a row, so that it outlives processes and connections. */
export type SessionTable = {
  id: string
  account_id: string
  /** What it was resolved from, such as a configured id or a process; unique in its account. */
  name: string
  /** Micro-dollars, fixed when the session begins; null is no cap. */
  budget: number | null
  created_at: number
}

/** An API key of an account. The key itself is kept nowhere. */
export type ApiKeyTable = {
  id: string
  account_id: string
  /** SHA-256 of the whole key, in hex. */
  hash: string
  /** The first characters of the key, for a person to tell keys apart. */
  prefix: string
  name: string | null
  /** Scopes with a space between. */
  scopes: string
  /** Caps in micro-dollars; null is no cap, 0 refuses every paid call. */
  session_cap: number | null
  day_cap: number | null
  month_cap: number | null
  total_cap: number | null
  /** The patterns of the models that it may use, with a space between; null is no list. */
  models: string | null
  /** From this instant on the key is refused; null is never. */
  expires_at: number | null
  revoked_at: number | null
  /** Exact to a minute. */
  last_used_at: number | null
  created_at: number
}

/** A session of a 2025-era MCP client, for whichever server is asked next. No budget hangs on it. */
export type McpSessionTable = {
  /** The Mcp-Session-Id. */
  id: string
  key_id: string
  /** JSON: the `initialize` request that opened it. */
  opening: string
  used_at: number
}

/** A browser that is signed in to the usage page, or a link that signs one in, once. */
export type PageSessionTable = {
  /** SHA-256 of the token, in hex: the token itself is kept nowhere. */
  hash: string
  kind: 'link' | 'session'
  account_id: string
  /** The key that signed in: the session ends with it. Empty for whoever came by a link of this machine. */
  key_id: string
  expires_at: number
}

export type AccountTables = {
  session: SessionTable
  api_key: ApiKeyTable
  mcp_session: McpSessionTable
  page_session: PageSessionTable
}
