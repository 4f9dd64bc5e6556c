import { homedir } from 'node:os'
import { environment } from '../../config.ts'
import { isSet, valueOf, type Setting } from '../../config/setting.ts'
import { SETTINGS } from '../../config/settings.ts'
import { AppError } from '../../errors.ts'
import type { Client, Launch } from './clients.ts'
import { ownLaunch } from './launch.ts'
import type { Tree } from './tree.ts'

/** What a person asks of the entry: a budget, and names of settings of this terminal to pass on. */
export type Asked = { maxUsdPerRun?: string; env: string[] }

const ALL: readonly Setting<unknown>[] = Object.values(SETTINGS)
const SECRETS = new Set(ALL.filter(({ isSecret }) => isSecret).flatMap(({ names }) => names))
const [BUDGET] = SETTINGS.sessionBudget.names

/** The budget of a new entry, in US dollars. */
export const FIRST_BUDGET = '1.00'

/**
 * The entry of Inkwell for a client. Of an earlier one stays what a person added to it, and its settings, unless they are
 * asked for now. Throws `invalid_input`, or `ConfigError` for a value that the server would refuse.
 */
export function entryFor(client: Client, earlier: Tree | undefined, asked: Asked): Tree {
  const first = earlier === undefined ? { [BUDGET]: FIRST_BUDGET } : {}
  return changedEntry(client, earlier, {
    ...ownLaunch(),
    env: { ...first, ...settingsFor(asked) },
  })
}

/** Where a client keeps its file on this machine. */
export function fileHere(client: Client): string {
  return client.file({ home: homedir(), platform: process.platform, env: environment() })
}

/** An entry that starts something else. Of an earlier one stays all else, if that started a program, too. */
export function changedEntry(client: Client, earlier: Tree | undefined, launch: Launch): Tree {
  const entry = client.entry(launch)
  if (earlier?.['command'] === undefined) return entry
  const { command, args, ...others } = entry
  const started = args === undefined ? { command } : { command, args }
  const key = 'environment' in others ? 'environment' : 'env'
  return {
    ...others,
    ...earlier,
    ...started,
    [key]: { ...(earlier[key] as object), ...launch.env },
  }
}

/** The same entry to show: names in place of secrets. */
export function withoutSecrets(entry: Tree): Tree {
  const hide = (name: string, value: unknown): unknown => (SECRETS.has(name) ? `<${name}>` : value)
  return JSON.parse(JSON.stringify(entry, hide)) as Tree
}

function settingsFor({ maxUsdPerRun, env: names }: Asked): Record<string, string> {
  const budget: [string, string | undefined][] =
    maxUsdPerRun === undefined ? [] : [[BUDGET, maxUsdPerRun]]
  const here = names.map((name): [string, string | undefined] => [name, environment()[name]])
  return Object.fromEntries([...here, ...budget].map(([name, value = '']) => checked(name, value)))
}

function checked(name: string, value: string): [string, string] {
  const setting = ALL.find(({ names }) => names.includes(name))
  if (setting === undefined)
    throw new AppError('invalid_input', `Inkwell has no setting "${name}".`, {
      hint: '`inkwell doctor` and the README list the settings.',
    })
  if (!isSet({ [name]: value }, name))
    throw new AppError('invalid_input', `${name} is not set in this terminal.`, {
      hint: `Set it and run this again. The value is read from there, so that no list of commands keeps it.`,
    })
  valueOf(setting, { [name]: value })
  return [name, value]
}
