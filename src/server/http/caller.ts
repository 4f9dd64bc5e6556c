import type { Caller } from '../../accounts/caller.ts'
import { callerOfKey, type Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Context } from 'hono'
import type { HttpEnv } from './env.ts'
import { AppError } from '../../errors.ts'
import { dayOf } from '../../ledger/rules.ts'

/** What a request says of its session, and how its files can be linked to. */
export type Way = {
  /** The Inkwell-Session header, set in a client's configuration. */
  header: string | null
  /** The Mcp-Session-Id of a 2025-era client. */
  mcpSession: string | null
  linkTo: (assetId: string) => string
}

/** The session that the Inkwell-Session header names, if any. Throws `invalid_input` for what is no name. */
export function namedSession(headers: Headers): string | null {
  const name = headers.get('inkwell-session')
  if (name === null || /^[\x21-\x7e]{1,128}$/.test(name)) return name
  throw new AppError(
    'invalid_input',
    'The Inkwell-Session header must be 1 to 128 printable characters without spaces.',
    { hint: 'Set one name for all agents that share a budget.' },
  )
}

/**
 * The caller behind a key. Its session is, in this order: the server's configured one, the header's, the
 * 2025-era MCP session, or the key and the UTC day.
 */
export function callerOver(
  app: App,
  principal: Principal,
  { header, mcpSession, linkTo }: Way,
): Caller {
  const day = `${principal.keyId}:${dayOf(app.generations.now())}`
  const name = app.config.sessionName ?? header ?? (mcpSession === null ? day : `mcp:${mcpSession}`)
  return { ...callerOfKey(principal, name, app.config), linkTo }
}

/** The caller of a REST request. */
export function callerOf({ req, var: { app, principal, linkTo } }: Context<HttpEnv>): Caller {
  return callerOver(app, principal, {
    header: namedSession(req.raw.headers),
    mcpSession: null,
    linkTo,
  })
}
