import { createApp } from '../app.ts'
import { loadConfig } from '../config.ts'
import { ConfigError } from '../errors.ts'

/**
 * Runs the program: MCP on stdio where no command is given, else a command. `onStarted` is called once a
 * server is up. A bad setting ends it with exit code 2 and a sentence.
 */
export async function main(args: readonly string[], onStarted: () => void): Promise<void> {
  try {
    const [command] = args
    if (command === undefined || (command === 'stdio' && args.length === 1)) {
      const { serveOnStdio } = await import('../server/stdio.ts')
      serveOnStdio(createApp(loadConfig()))
      if (process.stdin.isTTY) {
        process.stderr.write(
          'Inkwell serves MCP on stdin and stdout. Commands: inkwell --help. End with Ctrl-D.\n',
        )
      }
      onStarted()
    } else {
      const { runCommand } = await import('./command.ts')
      process.exitCode = await runCommand(args)
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`inkwell: ${error.message}\n`)
    process.exitCode = 2
  }
}
