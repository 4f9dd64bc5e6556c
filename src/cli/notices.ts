import { accountStatus } from '../usage/account-status.ts'
import { wordsOf } from '../usage/state-words.ts'
import { accountStates } from '../usage/states.ts'
import { callerFor } from './caller.ts'
import type { Terminal } from './terminal.ts'

/** Printed last below every report while the balance is low. */
function lowBalanceLine(account: string | undefined): string {
  const of = account === undefined ? '' : ` --account ${account}`
  return `  ⚠ Low balance — run inkwell billing buy${of} to add credits`
}

/**
 * Prints what the person at this machine must know about the account: its debt, its budgets, a low balance. Beside JSON
 * it goes to stderr, so that stdout stays one document.
 */
export async function printNotices(
  { app, print }: Terminal,
  { account, json }: { account?: string | undefined; json?: true | undefined } = {},
): Promise<void> {
  const caller = await callerFor(app, account)
  await app.ready(caller)
  const now = app.now()
  const { lowBalance, states } = await app.db.read(function* reading() {
    const status = yield* accountStatus(caller, now)
    return { ...status, states: yield* accountStates(caller, status, now) }
  })
  const lines = states
    .filter(({ kind }) => kind !== 'low')
    .map((state) => wordsOf(state, 'operator'))
    .flatMap(({ title, text, step }) => [`  ⚠ ${title}`, `    ${text}`, `    ${step}`])
  if (lowBalance) lines.push(lowBalanceLine(account))
  if (lines.length === 0) return
  if (json) process.stderr.write(`${lines.join('\n')}\n`)
  else print('', ...lines)
}
