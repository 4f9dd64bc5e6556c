import { getAccount } from '../accounts/accounts.ts'
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

/**
 * Returns the caller of a command about an account: that of this machine if `accountId` names none. Throws `not_found`.
 */
export async function callerFor(app: App, accountId: string | undefined): Promise<Caller> {
  const here = commandLineCaller(app)
  if (accountId === undefined || accountId === here.account.id) return here
  const { id, name } = await app.db.read(() => getAccount(accountId))
  return { ...here, account: { id, name } }
}

/** The option for the account that a command is about. */
export const ACCOUNT_OPTION = [
  '--account <id>',
  'of another account (`inkwell accounts list`)',
] as const
