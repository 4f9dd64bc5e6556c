import { Command, CommanderError } from 'commander'
import { createApp } from '../app.ts'
import type { LogLevel } from '../config.ts'
import { AppError, ConfigError } from '../errors.ts'
import { toAppError } from '../to-app-error.ts'
import type { CheckoutServer } from '../server/http/checkout-server.ts'
import { VERSION } from '../version.ts'
import { accountsCommand } from './accounts.ts'
import { billingCommand } from './billing.ts'
import { callCommand } from './call.ts'
import { PERSON_HERE } from './caller.ts'
import { configure } from './configure.ts'
import { dashboardCommand } from './dashboard.ts'
import { doctorCommand } from './doctor.ts'
import { keysCommand } from './keys.ts'
import { ledgerCommand } from './ledger.ts'
import { pricingCommand } from './pricing.ts'
import { serveCommand } from './serve.ts'
import type { WithTerminal } from './terminal.ts'
import { usageCommand } from './usage.ts'

/** Default log levels. Commands that keep serving write a log. Others print their error and log only if a level is set. */
const LOG_LEVEL: Partial<Record<string, LogLevel>> = { serve: 'info', dashboard: 'warn' }

/** Runs one command line. Returns its exit code: 0 done, 1 failed, 2 wrong usage. Throws `ConfigError` for bad settings. */
export async function runCommand(args: readonly string[]): Promise<number> {
  let exitCode = 0
  const withTerminal: WithTerminal = async (body) => {
    const app = createApp(configure(LOG_LEVEL[args[0] ?? ''] ?? 'silent'))
    let checkout: CheckoutServer | undefined
    app.showPagesAt(async () => {
      const { serveCheckout } = await import('../server/http/checkout-server.ts')
      checkout = await serveCheckout(app)
      return checkout.origin
    })
    const print = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`)
    try {
      await body({
        app,
        print,
        printJson: (value) => print(JSON.stringify(value, null, 2)),
        fail: () => (exitCode = 1),
      })
    } catch (error) {
      throw toAppError(error, app.log, args[0] ?? '')
    } finally {
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
    process.stderr.write(`inkwell: ${error.message}\n${error.hintFor(PERSON_HERE)}\n`)
    return error.code === 'invalid_input' ? 2 : 1
  }
}

/** Builds the command-line program with all commands. */
export function program(withTerminal: WithTerminal): Command {
  const root = new Command('inkwell')
    .description(
      'Image tools for AI agents, paid from a prepaid balance that cannot be overspent.\nWithout a command it serves MCP on stdin and stdout.',
    )
    .version(VERSION)
    .showHelpAfterError('(inkwell --help lists the commands)')
    .exitOverride()
  root
    .command('stdio', { isDefault: false })
    .description('serve MCP on stdin and stdout (the same as no command)')
  for (const add of [
    usageCommand,
    billingCommand,
    callCommand,
    pricingCommand,
    serveCommand,
    accountsCommand,
    keysCommand,
    ledgerCommand,
    dashboardCommand,
    doctorCommand,
  ])
    add(root, withTerminal)
  return root
}
