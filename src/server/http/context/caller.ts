import type { Caller } from '../../../accounts/caller.ts'
import { keyCaller } from '../../../accounts/key-caller.ts'
import type { Context } from 'hono'
import type { HttpEnv } from './env.ts'
import { AppError } from '../../../errors.ts'

/** Returns the session named in the Inkwell-Session header, or null. Throws `invalid_input` for an invalid name. */
export function namedSession(headers: Headers): string | null {
  const name = headers.get('inkwell-session')
  if (name === null || /^[\x21-\x7e]{1,128}$/.test(name)) return name
  throw new AppError(
    'invalid_input',
    'The Inkwell-Session header must be 1 to 128 printable characters without spaces.',
    { hint: 'Set one name for all agents that share a budget.' },
  )
}

/** Returns the caller of a REST request. */
export function callerOf(context: Context<HttpEnv>): Caller {
  const { config, now } = context.get('app')
  const hints = { header: namedSession(context.req.raw.headers), mcpSession: null }
  const caller = keyCaller(context.get('principal'), hints, { config, now: now() })
  return { ...caller, linkTo: context.get('linkTo') }
}
