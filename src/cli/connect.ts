import { Option, type Command } from 'commander'
import { environment } from '../config.ts'
import { reserveStdout } from './protocol-stdout.ts'
import { originOf } from './serve.ts'
import { applyEntry } from './setup/apply.ts'
import { CLIENTS, type Client, type ClientName, type Launch } from './setup/clients.ts'
import { readSettings } from './setup/edit.ts'
import { changedEntry, fileHere } from './setup/entry.ts'
import { textOf } from './setup/file.ts'
import { ownLaunch } from './setup/launch.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type Options = { client?: ClientName; dryRun?: true; stdio?: true }

/** `inkwell connect`. */
export function connectCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('connect <url>')
    .description('connect this machine to a server elsewhere, by a code that a person approves')
    .addOption(
      new Option('--client <client>', 'write it into the settings of this client').choices(
        Object.keys(CLIENTS),
      ),
    )
    .option('--dry-run', 'say what would be written, without signing in')
    .option('--stdio', 'serve MCP on stdin and stdout through the connection, as clients do')
    .action((url: string, options: Options) =>
      withTerminal(async (terminal) => {
        const server = originOf(url.replace(/\/(?:mcp\/?)?$/, '')).origin
        if (!options.stdio) return await connect(terminal, server, options)
        const { serveBridge } = await import('./remote/bridge.ts')
        await serveBridge({ home: terminal.app.config.home, server }, reserveStdout())
      }),
    )
}

async function connect(
  terminal: Terminal,
  server: string,
  { client: name, dryRun }: Options,
): Promise<void> {
  const { app, print, stage } = terminal
  const launch = launchFor(app.config.home, server)
  // A file that cannot be read is told before a person is asked for anything.
  const change = name === undefined ? null : await changeOf(CLIENTS[name], launch)
  if (!dryRun) {
    const { signInWithCode } = await import('./remote/sign-in.ts')
    const { storeConnection } = await import('./remote/connection-file.ts')
    const connection = await signInWithCode(server, ({ url, code }) => {
      print(`  Open ${url}`, `  and check that it shows ${code}`)
      stage('waiting for the approval')
    })
    await storeConnection(app.config.home, connection)
    print(`  Connected to ${server}.`)
  }
  if (change !== null) return print(...indented(await applyEntry({ ...change, dryRun })))
  const entry = JSON.stringify({ mcpServers: { inkwell: launch } }, null, 2)
  print('  For the settings of your client:', '', entry)
}

/** How a client starts the connection to a server. */
function launchFor(home: string, server: string): Launch {
  const { command, args } = ownLaunch()
  const { INKWELL_HOME } = environment() // where the tokens lie
  const env = INKWELL_HOME === undefined ? {} : { INKWELL_HOME: home }
  return { command, args: [...args, 'connect', server, '--stdio'], env }
}

async function changeOf(client: Client, launch: Launch) {
  const file = fileHere(client)
  const settings = await readSettings(textOf(file) ?? '', client, file)
  return { client, file, settings, entry: changedEntry(client, settings.entry, launch) }
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}
