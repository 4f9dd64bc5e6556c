import type { Writable } from 'node:stream'
import { createApp } from '../app.ts'
import { ConfigError } from '../errors.ts'
import { configure } from './configure.ts'
import { watchOutput } from './output.ts'

/** Serves MCP on stdin and `protocolStdout`. */
export async function serve(protocolStdout: Writable): Promise<void> {
  await withConfigErrors(async () => {
    const { serveOnStdio } = await import('../server/stdio.ts')
    serveOnStdio(createApp(configure('warn')), protocolStdout)
    if (process.stdin.isTTY) {
      process.stderr.write(
        'Inkwell serves MCP on stdin and stdout. Commands: inkwell --help. End with Ctrl-D.\n',
      )
    }
  })
}

/** Runs a command line and sets the exit code. */
export async function command(args: readonly string[]): Promise<void> {
  watchOutput()
  await withConfigErrors(async () => {
    const { runCommand } = await import('./command.ts')
    const exitCode = await runCommand(args)
    if (exitCode !== 0) process.exitCode = exitCode
  })
}

/** Runs `body`. A `ConfigError` is printed and sets exit code 2. */
async function withConfigErrors(body: () => Promise<void>): Promise<void> {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`inkwell: ${error.message}\n`)
    process.exitCode = 2
  }
}
