import type { Config } from '../config.ts'
import { dayOf } from '../ledger/rules.ts'
import type { ListedCaller } from './caller.ts'
import { callerOfKey, type Principal } from './principal.ts'

/** What a request says about its session. */
export type SessionHints = {
  /** The Inkwell-Session header, set in a client's configuration. */
  header: string | null
  /** The Mcp-Session-Id of a 2025-era client. */
  mcpSession: string | null
}

/**
 * The caller behind a key. Its session is the first of: the server's configured one, the header's, the
 * 2025-era MCP session, the key and the UTC day. `now` is in milliseconds since 1970.
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
