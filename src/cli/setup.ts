import { Argument, Option, type Command } from 'commander'
import { applyEntry, entryAlone } from './setup/apply.ts'
import { CLIENTS, type Client, type ClientName } from './setup/clients.ts'
import { readSettings } from './setup/edit.ts'
import { entryFor, fileHere, FIRST_BUDGET, type Asked } from './setup/entry.ts'
import { textOf } from './setup/file.ts'

type Options = Asked & { print?: true; dryRun?: true; remove?: true }

/** `inkwell setup`. It opens no ledger. */
export function setupCommand(root: Command): void {
  root
    .command('setup')
    .description('add Inkwell to the settings of a client; without a client, list them')
    .addArgument(new Argument('[client]', 'the client').choices(Object.keys(CLIENTS)))
    .option(
      '--max-usd-per-run <amount>',
      `budget of a session, in US dollars (at first ${FIRST_BUDGET})`,
    )
    .option('--env <name>', 'pass a setting of this terminal on, such as FAL_KEY', append, [])
    .addOption(new Option('--print', 'print the entry, write nothing').conflicts('remove'))
    .option('--dry-run', 'say what would change, write nothing')
    .option('--remove', 'take the entry out again')
    .action(async (name: ClientName | undefined, options: Options) => {
      await (name === undefined ? list() : setUp(CLIENTS[name], options))
    })
}

function append(name: string, earlier: string[]): string[] {
  return [...earlier, name]
}

async function list(): Promise<void> {
  for (const [name, client] of Object.entries(CLIENTS)) {
    const file = fileHere(client)
    say(`  ${name.padEnd(15)} ${(await stateOf(client, file)).padEnd(10)} ${file}`)
  }
  say('', '  `inkwell setup <client>` adds Inkwell, with --remove takes it out again.')
}

async function stateOf(client: Client, file: string): Promise<string> {
  const text = textOf(file)
  if (text === null) return 'no file'
  const settings = await readSettings(text, client, file).catch(() => null)
  if (settings === null) return 'unreadable'
  return settings.entry === undefined ? 'not added' : 'added'
}

async function setUp(client: Client, options: Options): Promise<void> {
  const file = fileHere(client)
  const settings = await readSettings(textOf(file) ?? '', client, file)
  const entry = options.remove ? undefined : entryFor(client, settings.entry, options)
  if (options.print && entry !== undefined) return say(await entryAlone(client, entry))
  const { dryRun } = options
  say(...(await applyEntry({ client, file, settings, entry, dryRun })))
}

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
