import type { Command } from 'commander'
import { getAccount, openIfLocal } from '../accounts/accounts.ts'
import { findWebhook, newWebhookSecret, webhookAddress } from '../alerts/webhooks.ts'
import { AppError } from '../errors.ts'
import { removeAlertWebhook, setAlertWebhook } from '../operator/webhooks.ts'
import { iso } from '../text.ts'
import { authorHere, BY_OPTION } from './money-act.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type Options = { account: string; remove?: true; by?: string; json?: true }

/** `inkwell alerts webhook`. */
export function alertWebhookCommand(alerts: Command, withTerminal: WithTerminal): void {
  alerts
    .command('webhook [url]')
    .description('show, set or remove the webhook to which the alerts of an account are sent')
    .requiredOption('--account <id>', 'whose alerts')
    .option('--remove', 'send them nowhere from now on')
    .option(...BY_OPTION)
    .option('--json', 'print JSON')
    .action((url: string | undefined, options: Options) =>
      withTerminal((terminal) => {
        if (options.remove && url !== undefined) throw bothGiven()
        if (options.remove) return remove(terminal, options)
        return url === undefined ? show(terminal, options) : set(terminal, url, options)
      }),
    )
}

async function set(
  { app, print, printJson }: Terminal,
  text: string,
  { account, by, json }: Options,
): Promise<void> {
  const webhook = { url: await webhookAddress(text), secret: newWebhookSecret() }
  await app.db.write(() => setAlertWebhook(account, webhook, authorHere(app, by)))
  const { host } = new URL(webhook.url)
  if (json) return printJson({ account, host, secret: webhook.secret })
  print(
    `  Alerts of ${account} are sent to ${host}. The secret of its receiver, shown only now:`,
    '',
    `  ${webhook.secret}`,
    '',
    `  Try it: inkwell alerts test --account ${account}`,
  )
}

async function remove(
  { app, print, printJson }: Terminal,
  { account, by, json }: Options,
): Promise<void> {
  const removed = await app.db.write(() => removeAlertWebhook(account, authorHere(app, by)))
  if (json) return printJson({ account, removed })
  print(removed ? `  Alerts of ${account} are sent nowhere.` : `  ${account} had no webhook.`)
}

async function show(
  { app, print, printJson }: Terminal,
  { account, json }: Options,
): Promise<void> {
  const webhook = await app.db.write(function* read() {
    yield* openIfLocal(account, app.now())
    yield* getAccount(account)
    return yield* findWebhook(account)
  })
  const host = webhook && new URL(webhook.url).host
  if (json)
    return printJson({ account, host, since: webhook === null ? null : iso(webhook.created_at) })
  print(
    webhook === null
      ? `  ${account} has no webhook: its people see their alerts on their page.`
      : `  Alerts of ${account} are sent to ${host} since ${iso(webhook.created_at)}.`,
  )
}

function bothGiven(): AppError {
  return new AppError('invalid_input', 'An address was given, and --remove.', {
    hint: 'Give one of them.',
  })
}
