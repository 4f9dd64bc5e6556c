import { CommanderError, type Command } from 'commander'
import { program } from '../../../src/cli/command.ts'
import { SETTINGS } from '../../../src/config/settings.ts'
import { CATALOG, LOCAL_MODELS } from '../../../src/pricing/catalog.ts'
import { loadRates } from '../../../src/pricing/price-file.ts'
import { toolsFor } from '../../../src/tools/index.ts'
import { shownSchema } from '../../../src/tools/schema.ts'
import type { ListedTool } from '../clients.ts'
import { namedIn, type Named } from './named.ts'
import type { Face } from './row.ts'

/** What there is where a text is read. */
export type Place = {
  face: Face
  tools: readonly Pick<ListedTool, 'name' | 'inputSchema'>[]
  /** The tool that was called, if any. */
  tool?: string | undefined
  /** The paths of the REST API. */
  routes: readonly string[]
}

/** The tools that `inkwell call` takes. */
export const CALLED_TOOLS = toolsFor(loadRates('default', undefined)).map(({ name, input }) => ({
  name,
  inputSchema: { ...shownSchema(input) },
}))

const VARIABLES: readonly string[] = Object.values(SETTINGS).flatMap(({ names }) => names)
const SERVED = [...CATALOG, ...LOCAL_MODELS].flatMap(({ id, provider, endpoint, successor }) => [
  ...(provider === 'local' || endpoint !== null ? [id] : []),
  ...(successor === undefined ? [] : [successor]),
])

/** What a text names that does not exist where it is read; empty where all of it does. */
export async function missingIn(text: string, place: Place): Promise<string[]> {
  const named = namedIn(text)
  const hasTools = !['rest', 'command'].includes(place.face)
  const isHere = !['rest', 'http'].includes(place.face)
  const unless = (exists: boolean, names: readonly string[]) => (exists ? [] : names)
  return [
    ...unless(isHere, [...named.commands, ...named.variables]),
    ...named.variables.filter((name) => !VARIABLES.includes(name)),
    ...(await wrongCommands(named.commands)),
    ...named.resources, // hosts do not show them to a model, and commands have none
    ...named.pages,
    ...named.models.filter((model) => !SERVED.some((id) => fits(model, id))),
    ...unless(place.face === 'rest', named.routes),
    ...named.routes.filter((route) => !place.routes.includes(route)),
    ...(hasTools ? unknownWords(named, place) : named.words),
  ]
}

function fits(pattern: string, id: string): boolean {
  return pattern.endsWith('/*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern
}

/** Words that are no tool, and no argument of the tool that was called or of one that is named. */
function unknownWords({ words }: Named, { tools, tool }: Place): string[] {
  const meant = tools.filter(({ name }) => name === tool || words.includes(name))
  const known = new Set([
    ...tools.map(({ name }) => name),
    ...meant.flatMap(({ inputSchema }) => Object.keys(inputSchema['properties'] ?? {})),
  ])
  return words.filter((word) => !known.has(word))
}

/** The command lines that the real parser does not take: it knows commands, options and what must be given. */
async function wrongCommands(lines: readonly string[]): Promise<string[]> {
  const wrong: string[] = []
  for (const line of lines) if (!(await parses(line))) wrong.push(line)
  return wrong
}

/** What stands for the placeholders that the parser checks. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<client>': 'codex',
  '<address>': 'ada@example.com',
}

async function parses(line: string): Promise<boolean> {
  const [, ...words] = line.split(/\s+/).map((word) => PLACEHOLDERS[word] ?? word)
  const commands = program(async () => {})
  parseOnly(commands)
  try {
    await commands.parseAsync(words, { from: 'user' })
    return true
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 // help was asked for
    throw error
  }
}

/** Lets commands say nothing and do nothing. */
function parseOnly(command: Command): void {
  command.configureOutput({ writeErr: () => {}, writeOut: () => {} })
  for (const each of command.commands) parseOnly(each)
  if (command.commands.length === 0)
    command.hook('preAction', () => {
      throw new CommanderError(0, 'parsed', 'It is a command line.')
    })
}
