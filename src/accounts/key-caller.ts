import type { Config } from '../config.ts'
import { dayOf } from '../ledger/rules.ts'
import type { ListedCaller } from './caller.ts'
import { callerOfKey, type Principal } from './principal.ts'

/** Session names that come with a request. */
export type SessionHints = {
  /** The Inkwell-Session header, set in a client's configuration. */
  header: string | null
  /** The Mcp-Session-Id of a 2025-era client. */
  mcpSession: string | null
}

/**
 * Returns the caller for a key. Its session name is the first that exists of: the server's setting, the header,
 * the 2025-era MCP session, and last the key with the UTC day. `now` is in milliseconds since 1970.
 */
export function keyCaller(
  principal: Principal,
  { header, mcpSession }: SessionHints,
  { config, now }: { config: Config; now: number },
): ListedCaller {
  const day = `${principal.keyId}:${dayOf(now)}`
  const name = config.sessionName ?? header ?? (mcpSession === null ? day : `mcp:${mcpSession}`)
  return callerOfKey(principal, name, config)
}
