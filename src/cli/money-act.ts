import { userInfo } from 'node:os'
import { InvalidArgumentError, type Command } from 'commander'
import { nameOf } from '../accounts/accounts.ts'
import type { App } from '../app.ts'
import { newId, type IdPrefix } from '../ids.ts'
import type { Author } from '../operator/audit.ts'
import type { MoneyAct } from '../operator/money.ts'

/** The options of a command that moves money. */
export type MoneyOptions = { reason?: string; by?: string; idempotencyKey?: string }

/** The option for who acts. */
export const BY_OPTION = ['--by <name>', 'who does it (default: the user of this shell)'] as const

/** Adds the options of a command that moves money. */
export function withMoneyOptions(command: Command): Command {
  return command
    .option(...BY_OPTION)
    .option(
      '--idempotency-key <key>',
      'the same key repeats the act without doing it again',
      readKey,
    )
}

function readKey(text: string): string {
  if (/^[\x20-\x7E]{1,128}$/.test(text)) return text
  throw new InvalidArgumentError('It must be 1 to 128 printable ASCII characters.')
}

/** Returns who acts at this machine, now. */
export function authorHere({ now }: Pick<App, 'now'>, by: string = userHere()): Author {
  const at = now()
  return { id: newId('aud', at), by: nameOf(by, 'author'), at }
}

/** Returns the act that the options describe. `prefix` is that of the id of its entry. */
export function moneyAct(
  app: Pick<App, 'now'>,
  { reason, by, idempotencyKey }: MoneyOptions,
  prefix: IdPrefix,
): MoneyAct {
  const author = authorHere(app, by)
  return {
    author,
    entryId: newId(prefix, author.at),
    reason: reason ?? null,
    requestKey: idempotencyKey ?? null,
  }
}

/** The name of the user; the number where the system knows no name. */
function userHere(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? ''}`.trim()
  }
}
