import type { Writable } from 'node:stream'
import { createApp } from '../app.ts'
import { ConfigError } from '../errors.ts'
import { configure } from './configure.ts'
import { watchOutput } from './output.ts'

/** Serves MCP on stdin and the wire. `onStarted` is called once the server is up. */
export async function serve(wire: Writable, onStarted: () => void): Promise<void> {
  await configured(async () => {
    const { serveOnStdio } = await import('../server/stdio.ts')
    serveOnStdio(createApp(configure('warn')), wire)
    if (process.stdin.isTTY) {
      process.stderr.write(
        'Inkwell serves MCP on stdin and stdout. Commands: inkwell --help. End with Ctrl-D.\n',
      )
    }
    onStarted()
  })
}

/** Runs a command line and sets the exit code. */
export async function command(args: readonly string[]): Promise<void> {
  watchOutput()
  await configured(async () => {
    const { runCommand } = await import('./command.ts')
    const exitCode = await runCommand(args)
    if (exitCode !== 0) process.exitCode = exitCode
  })
}

/** A bad setting ends the program with exit code 2 and a sentence. */
async function configured(body: () => Promise<void>): Promise<void> {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`inkwell: ${error.message}\n`)
    process.exitCode = 2
  }
}
