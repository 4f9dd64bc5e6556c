import { InvalidArgumentError, type Command } from 'commander'
import { callTool } from '../server/call.ts'
import { TOOLS } from '../tools/index.ts'
import type { Tool } from '../tools/tool.ts'
import { commandLineCaller } from './caller.ts'
import type { Terminal, WithTerminal } from './command.ts'

/** A command waits for its work as long as it takes; Ctrl-C cancels it. */
const PATIENCE_MS = 24 * 60 * 60_000

/** `inkwell call`. */
export function callCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('call')
    .description(`call a tool as an MCP client would (${TOOLS.map(({ name }) => name).join(', ')})`)
    .argument('<tool>', 'name of the tool', findTool)
    .argument('[json]', 'its arguments, such as \'{"prompt":"a calm sea"}\'', parseJson, {})
    .option('--json', 'print the whole result')
    .action((tool: Tool, input: unknown, options: { json?: true }) =>
      withTerminal((terminal) => call(terminal, tool, input, options)),
    )
}

async function call(
  { app, print, printJson, fail }: Terminal,
  tool: Tool,
  input: unknown,
  { json }: { json?: true },
): Promise<void> {
  const controller = new AbortController()
  const told: string[] = []
  const cancel = (): void => controller.abort()
  process.once('SIGINT', cancel)
  const result = await callTool(app, tool, input, {
    caller: commandLineCaller(app),
    signal: controller.signal,
    left: controller.signal,
    onProgress: () => {},
    patienceMs: PATIENCE_MS,
    tells: (id) => void told.push(id),
  })
  process.off('SIGINT', cancel)
  for (const id of told) app.generations.answers.heard(id)
  if (result.isError === true) fail()
  if (json) return printJson(result)
  for (const item of result.content) if (item.type === 'text') print(item.text)
}

function findTool(name: string): Tool {
  const tool = TOOLS.find((candidate) => candidate.name === name)
  if (tool !== undefined) return tool
  throw new InvalidArgumentError(`The tools are ${TOOLS.map((known) => known.name).join(', ')}.`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('It must be JSON, such as \'{"prompt":"a calm sea"}\'.')
  }
}
