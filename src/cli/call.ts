import { InvalidArgumentError, type Command } from 'commander'
import { loadConfig } from '../config.ts'
import { loadRates } from '../pricing/price-file.ts'
import { callTool } from '../server/mcp/call.ts'
import { readJson } from '../text.ts'
import { toolsFor } from '../tools/index.ts'
import { describeSchema } from '../tools/parse-input.ts'
import { shownSchema } from '../tools/schema.ts'
import type { Tool } from '../tools/tool.ts'
import { commandLineCaller } from './caller.ts'
import { showPaymentPage, type ShownCheckout } from './payment-page.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

/** How long the command waits for its work, in milliseconds: in practice until it ends. Ctrl-C cancels it. */
const MAX_WAIT_MS = 24 * 60 * 60_000

const EXAMPLES = 'prompt="a calm sea", or JSON such as \'{"prompt":"a calm sea"}\''

type Input = Record<string, unknown>

/** The tools as they are without a price file. */
export const TOOLS_AT_LIST_PRICES = toolsFor(loadRates('default', undefined))

/** `inkwell call`, with a subcommand for each tool. */
export function callCommand(root: Command, withTerminal: WithTerminal): void {
  const calls = root
    .command('call')
    .description('call a tool as an MCP client would')
    .usage('<tool> [arguments...]')
    .showHelpAfterError('(inkwell call --help lists the tools)')
  for (const { name, title, description } of TOOLS_AT_LIST_PRICES)
    calls
      .command(name)
      .summary(title)
      .description(description)
      .argument('[arguments...]', `pairs such as ${EXAMPLES}`, readArgument)
      .option('--json', 'print the whole result')
      .showHelpAfterError(`(inkwell call ${name} --help lists its arguments)`)
      .addHelpText('after', ({ command }) => argumentsHelp(command))
      .action((input: Input, options: { json?: true }) =>
        withTerminal((terminal) => call(terminal, name, input, options)),
      )
}

async function call(
  { app, print, printJson, stage, fail }: Terminal,
  name: string,
  input: Input,
  { json }: { json?: true },
): Promise<void> {
  const tool = toolsFor(app.generations.rates).find((each) => each.name === name)
  if (tool === undefined) throw new RangeError(`there is no tool ${name}`)
  const controller = new AbortController()
  const reported: string[] = []
  const cancel = (): void => controller.abort()
  process.once('SIGINT', cancel)
  stage(name)
  const result = await callTool(app, tool, withLists(tool, input), {
    caller: commandLineCaller(app),
    signal: controller.signal,
    disconnected: controller.signal,
    onProgress: ({ message }) => stage(message),
    maxWaitMs: MAX_WAIT_MS,
    markReported: (id) => void reported.push(id),
    takesStructured: true,
  })
  process.off('SIGINT', cancel)
  for (const id of reported) app.generations.answers.heard(id)
  if (result.isError === true) fail()
  if (json) printJson(result)
  else for (const item of result.content) if (item.type === 'text') print(item.text)
  if (name === 'buyCredits') await showPaymentPage(app, result.structuredContent as ShownCheckout)
}

/** Adds an argument of the command line to those before it. A name that is given again gets a list. */
function readArgument(text: string, before: Input = {}): Input {
  const [, name, value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? []
  if (name !== undefined) {
    const given = Object.hasOwn(before, name) ? [before[name], value].flat() : value
    return { ...before, [name]: given }
  }
  const json = readJson(text)
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return { ...before, ...json }
  throw new InvalidArgumentError(`It must be a pair such as ${EXAMPLES}.`)
}

/** Makes a list of one text where the tool takes a list: `images=a.png` is `images='["a.png"]'`. */
function withLists({ input: schema }: Tool, input: Input): Input {
  const { properties = {} } = shownSchema(schema)
  const wraps = (name: string, value: unknown): boolean =>
    properties[name]?.type === 'array' && typeof value === 'string' && !value.startsWith('[')
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, wraps(name, value) ? [value] : value]),
  )
}

/** Lists the arguments of a tool with their bounds. The descriptions name the prices of this installation. */
function argumentsHelp(command: Command): string {
  const { unknownModels, pricesFile } = loadConfig()
  const tools = toolsFor(loadRates(unknownModels, pricesFile))
  const tool = tools.find(({ name }) => name === command.name())
  if (tool === undefined) return ''
  const { properties = {}, required = [] } = shownSchema(tool.input)
  const help = Object.assign(command.createHelp(), { helpWidth: process.stdout.columns })
  const width = Math.max(...Object.keys(properties).map((name) => name.length))
  const lines = Object.entries(properties).map(([name, schema]) => {
    const isText = schema.type === 'string' && schema.enum === undefined
    const facts = [
      ...(required.includes(name) ? ['required'] : []),
      ...(isText ? [] : [describeSchema(schema)]),
    ]
    const words = [schema.description ?? '', facts.length === 0 ? '' : `(${facts.join(', ')})`]
    return help.formatItem(name, width, words.join(' ').trim(), help)
  })
  return `\n${help.styleTitle(`Arguments of ${tool.name}:`)}\n${lines.join('\n')}`
}
