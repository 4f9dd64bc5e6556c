import type { Caller } from '../accounts/caller.ts'
import type { App } from '../app.ts'
import { dayOf } from '../ledger/rules.ts'

/** The reader of errors that a command prints. */
export const PERSON_HERE = { hasTools: false, atThisMachine: true }

/**
 * Returns the caller of commands on this machine. Agents start a new process for each command, so without
 * a configured session all commands of a UTC day share one.
 */
export function commandLineCaller(app: App): Caller {
  return app.localCaller(`day:${dayOf(app.now())}`)
}
