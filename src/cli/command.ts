import { styleText } from 'node:util'
import { Command, CommanderError } from 'commander'
import { createApp } from '../app.ts'
import { withoutColour, type LogLevel } from '../config.ts'
import { AppError, ConfigError } from '../errors.ts'
import { toAppError } from '../to-app-error.ts'
import type { CheckoutServer } from '../server/http/checkout-server.ts'
import { VERSION } from '../version.ts'
import { accountsCommand } from './accounts.ts'
import { alertsCommand } from './alerts.ts'
import { approvalsCommand } from './approvals.ts'
import { assetsCommand } from './assets.ts'
import { adminCommand } from './admin.ts'
import { auditCommand } from './audit.ts'
import { receiptsCommand } from './receipts.ts'
import { billingCommand } from './billing.ts'
import { callCommand } from './call.ts'
import { connectCommand } from './connect.ts'
import { PERSON_HERE } from './caller.ts'
import { coloured, withColouredMark } from './colour.ts'
import { completionCommand } from './completion.ts'
import { configure } from './configure.ts'
import { dashboardCommand } from './dashboard.ts'
import { doctorCommand } from './doctor.ts'
import { groupsCommand } from './groups.ts'
import { keysCommand } from './keys.ts'
import { ledgerCommand } from './ledger.ts'
import { pricingCommand } from './pricing.ts'
import { pruneCommand } from './prune.ts'
import { serveCommand } from './serve.ts'
import { setupCommand } from './setup.ts'
import { startSpinner } from './spinner.ts'
import type { WithTerminal } from './terminal.ts'
import { usageCommand } from './usage.ts'

/** Default log levels. Commands that keep serving write a log. Others print their error and log only if a level is set. */
const LOG_LEVEL: Partial<Record<string, LogLevel>> = { serve: 'info', dashboard: 'warn' }

const NO_COLOUR = '--no-color'

/** Runs one command line. Returns its exit code: 0 done, 1 failed, 2 wrong usage. Throws `ConfigError` for bad settings. */
export async function runCommand(args: readonly string[]): Promise<number> {
  let exitCode = 0
  const name = args[0] ?? ''
  if (args.includes(NO_COLOUR)) withoutColour()
  const withTerminal: WithTerminal = async (body) => {
    const app = createApp(configure(LOG_LEVEL[name] ?? 'silent'))
    // What serves shows its log instead.
    const spinner = LOG_LEVEL[name] === undefined ? startSpinner(`inkwell ${name}`) : null
    let checkout: CheckoutServer | undefined
    app.showPagesAt(async () => {
      const { serveCheckout } = await import('../server/http/checkout-server.ts')
      checkout = await serveCheckout(app)
      return checkout.origin
    })
    const write = (text: string): void => {
      spinner?.stop()
      process.stdout.write(`${text}\n`)
    }
    try {
      await body({
        app,
        print: (...lines) => write(lines.map(withColouredMark).join('\n')),
        printJson: (value) => write(JSON.stringify(value, null, 2)),
        stage: spinner?.stage ?? (() => {}),
        fail: () => (exitCode = 1),
      })
    } catch (error) {
      throw toAppError(error, app.log, name)
    } finally {
      spinner?.stop()
      await checkout?.close()
      await app.close()
    }
  }
  try {
    await program(withTerminal).parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof ConfigError) throw error
    if (!(error instanceof AppError)) throw error
    process.stderr.write(
      `${coloured('red', 'inkwell:', process.stderr)} ${error.message}\n${error.hintFor(PERSON_HERE)}\n`,
    )
    return error.code === 'invalid_input' ? 2 : 1
  }
}

/** Builds the command-line program with all commands. */
export function program(withTerminal: WithTerminal): Command {
  const root = new Command('inkwell')
    .description(
      'Image tools for AI agents, paid from a prepaid balance that cannot be overspent.\nWithout a command it serves MCP on stdin and stdout.',
    )
    .version(VERSION, '-v, --version', 'print the version')
    .option(NO_COLOUR, 'print no colours; NO_COLOR in the environment does the same')
    .configureHelp({ styleTitle: (title) => styleText('bold', title, { validateStream: false }) })
    .showHelpAfterError('(inkwell --help lists the commands)')
    .exitOverride()
  root
    .command('stdio', { isDefault: false })
    .description('serve MCP on stdin and stdout (the same as no command)')
  root
    .command('version')
    .description('print the version')
    .action(() => void process.stdout.write(`${VERSION}\n`))
  for (const add of [
    usageCommand,
    billingCommand,
    callCommand,
    pricingCommand,
    serveCommand,
    connectCommand,
    accountsCommand,
    keysCommand,
    groupsCommand,
    approvalsCommand,
    ledgerCommand,
    auditCommand,
    alertsCommand,
    adminCommand,
    receiptsCommand,
    dashboardCommand,
    setupCommand,
    doctorCommand,
    pruneCommand,
    assetsCommand,
    completionCommand,
  ])
    add(root, withTerminal)
  return root
}
