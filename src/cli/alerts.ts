import type { Command } from 'commander'
import { described } from '../alerts/described.ts'
import { stateOf, type Answer } from '../alerts/delivery.ts'
import { listAlerts, type ListedAlert } from '../alerts/outbox.ts'
import { textOf } from '../alerts/words.ts'
import { alertWebhookCommand } from './alert-webhook.ts'
import { alertSecret } from '../ledger/metadata.ts'
import { iso, isoOrNull } from '../text.ts'
import { wholeNumber } from './options.ts'
import { table, type Column } from './table.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type ListOptions = { account?: string; limit: number; json?: true }
type Json = { json?: true }
type To = Json & { account?: string }

const TO_OPTION = ['--account <id>', 'to the webhook of this account instead'] as const

/** `inkwell alerts list`, `test`, `secret`, `resend` and `webhook`. */
export function alertsCommand(root: Command, withTerminal: WithTerminal): void {
  const alerts = root
    .command('alerts')
    .description('what people are told before money runs out, and where')
  alerts
    .command('list')
    .description('list the alerts, newest first')
    .option('--account <id>', 'of one account only')
    .option('-l, --limit <n>', 'number of alerts', wholeNumber(1, 10_000), 50)
    .option('--json', 'print JSON')
    .action((options: ListOptions) => withTerminal((terminal) => list(terminal, options)))
  alerts
    .command('test')
    .description('send a test message to INKWELL_ALERT_URL, and say what came of it')
    .option(...TO_OPTION)
    .option('--json', 'print JSON')
    .action((options: To) =>
      withTerminal(async (terminal) =>
        tell(terminal, await terminal.app.alerts.test(options.account), options),
      ),
    )
  alerts
    .command('secret')
    .description('show the whsec_… with which receivers check the signatures of alerts')
    .option('--json', 'print JSON')
    .action((options: Json) => withTerminal((terminal) => secret(terminal, options)))
  alerts
    .command('resend <id>')
    .description('send an alert now, whatever became of it')
    .option(...TO_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, options: To) =>
      withTerminal(async (terminal) =>
        tell(terminal, await terminal.app.alerts.resend(id, options.account), options),
      ),
    )
  alertWebhookCommand(alerts, withTerminal)
}

async function list(
  { app, print, printJson }: Terminal,
  { account: accountId, limit, json }: ListOptions,
): Promise<void> {
  const { alerts, more } = await app.db.read(() => listAlerts({ accountId, limit }))
  if (json) return printJson({ alerts: alerts.map(shown), hasMore: more })
  if (alerts.length === 0) return print('  No alerts yet.')
  const rows = alerts.map((alert) => [
    iso(alert.at).slice(0, 19).replace('T', ' '),
    stateOf(alert),
    alert.kind,
    textOf(alert),
  ])
  print(...table(COLUMNS, rows))
  if (more) print('', `  Showing the newest ${alerts.length}: --limit shows more.`)
}

const COLUMNS: readonly Column[] = [
  { title: 'At', width: 21 },
  { title: 'State', width: 11 },
  { title: 'Kind', width: 28 },
  { title: 'Alert', width: 0, narrow: 'end' },
]

async function secret({ app, print, printJson }: Terminal, { json }: Json): Promise<void> {
  const isSet = app.config.alerts?.secret !== undefined
  const signing = app.config.alerts?.secret ?? (await app.db.write(alertSecret))
  if (json) return printJson({ secret: signing })
  print(`  ${signing}`, '')
  print(
    isSet
      ? '  INKWELL_ALERT_SECRET sets it.'
      : '  It is kept in the ledger. INKWELL_ALERT_SECRET replaces it.',
  )
}

/** Says what came of a message. Exit code 1 if it was not delivered. */
function tell({ print, printJson, fail }: Terminal, answer: Answer, { json }: Json): void {
  const delivered = answer.outcome === 'delivered'
  if (!delivered) fail()
  if (json) return printJson({ delivered, answer: answer.says })
  print(`  ${delivered ? 'Delivered' : 'Not delivered'}: ${answer.says}.`)
}

function shown(alert: ListedAlert): object {
  return { ...described(alert), deliveredAt: isoOrNull(alert.delivered_at) }
}
