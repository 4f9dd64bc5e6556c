import { homedir } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { Argument, Option, type Command } from 'commander'
import { environment } from '../config.ts'
import { CLIENTS, type Client, type ClientName } from './setup/clients.ts'
import { readSettings } from './setup/edit.ts'
import { entryFor, FIRST_BUDGET, withoutSecrets, type Asked } from './setup/entry.ts'
import { copyOf, replaceFile, restoreFile, textOf } from './setup/file.ts'
import type { Tree } from './setup/tree.ts'

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
    const file = fileOf(client)
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
  const file = fileOf(client)
  const settings = await readSettings(textOf(file) ?? '', client, file)
  const entry = options.remove ? undefined : entryFor(client, settings.entry, options)
  if (options.print && entry !== undefined) return say(await alone(client, entry))
  if (isDeepStrictEqual(entry, settings.entry))
    return say(
      `${client.title}: ${file} ${entry === undefined ? 'has no Inkwell' : 'has Inkwell'}; nothing was changed.`,
    )
  const act = actOf(settings.entry, entry)
  if (options.dryRun) {
    say(`${client.title}: Inkwell would be ${act} ${file}; nothing was written.`)
    return entry === undefined ? undefined : say(await alone(client, entry))
  }
  const text = settings.with(entry)
  if (entry === undefined) restoreFile(file, text)
  else await replaceFile(file, text)
  say(`${client.title}: Inkwell was ${act} ${file}.`)
  if (entry === undefined) return
  if (textOf(copyOf(file)) !== null) say(`The file as it was before Inkwell: ${copyOf(file)}`)
  say(client.shows)
}

function actOf(earlier: Tree | undefined, entry: Tree | undefined): string {
  if (entry === undefined) return 'taken out of'
  return earlier === undefined ? 'added to' : 'changed in'
}

/** A file that holds the entry and nothing else, without secrets. */
async function alone(client: Client, entry: Tree): Promise<string> {
  const { with: fileWith } = await readSettings('', client, '')
  return fileWith(withoutSecrets(entry)).trimEnd()
}

function fileOf(client: Client): string {
  return client.file({ home: homedir(), platform: process.platform, env: environment() })
}

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
