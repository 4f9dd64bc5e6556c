import { homedir } from 'node:os'
import { Option, type Command } from 'commander'
import { environment } from '../config.ts'
import { reserveStdout } from './protocol-stdout.ts'
import { originOf } from './serve.ts'
import { CLIENTS, type ClientName } from './setup/clients.ts'
import { readSettings } from './setup/edit.ts'
import { replaceFile, textOf } from './setup/file.ts'
import { ownLaunch } from './setup/launch.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type Options = { client?: ClientName; stdio?: true }

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
  { app, print, stage }: Terminal,
  server: string,
  { client: name }: Options,
): Promise<void> {
  const { signInWithCode } = await import('./remote/sign-in.ts')
  const { storeConnection } = await import('./remote/connection-file.ts')
  const connection = await signInWithCode(server, ({ url, code }) => {
    print(`  Open ${url}`, `  and check that it shows ${code}`)
    stage('waiting for the approval')
  })
  await storeConnection(app.config.home, connection)
  print(`  Connected to ${server}.`)
  const start = ownLaunch()
  const { INKWELL_HOME } = environment() // where the tokens lie
  const env = INKWELL_HOME === undefined ? {} : { INKWELL_HOME: app.config.home }
  const launch = { ...start, args: [...start.args, 'connect', server, '--stdio'], env }
  if (name === undefined)
    return print(
      '  For the settings of your client:',
      '',
      JSON.stringify({ mcpServers: { inkwell: launch } }, null, 2),
    )
  const client = CLIENTS[name]
  const file = client.file({ home: homedir(), platform: process.platform, env: environment() })
  const settings = await readSettings(textOf(file) ?? '', client, file)
  await replaceFile(file, settings.with(client.entry(launch)))
  print(`  ${client.title}: Inkwell was added to ${file}.`, `  ${client.shows}`)
}
