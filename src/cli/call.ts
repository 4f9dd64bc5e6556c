import { InvalidArgumentError, type Command } from 'commander'
import { callTool } from '../server/mcp/call.ts'
import { TOOL_NAMES, toolsFor } from '../tools/index.ts'
import { commandLineCaller } from './caller.ts'
import { showPaymentPage, type ShownCheckout } from './payment-page.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

/** How long the command waits for its work, in milliseconds: in practice until it ends. Ctrl-C cancels it. */
const MAX_WAIT_MS = 24 * 60 * 60_000

/** `inkwell call`. */
export function callCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('call')
    .description(`call a tool as an MCP client would (${TOOL_NAMES.join(', ')})`)
    .argument('<tool>', 'name of the tool', knownName)
    .argument('[json]', 'its arguments, such as \'{"prompt":"a calm sea"}\'', parseJson, {})
    .option('--json', 'print the whole result')
    .action((name: string, input: unknown, options: { json?: true }) =>
      withTerminal((terminal) => call(terminal, name, input, options)),
    )
}

async function call(
  { app, print, printJson, fail }: Terminal,
  name: string,
  input: unknown,
  { json }: { json?: true },
): Promise<void> {
  const tool = toolsFor(app.generations.rates).find((each) => each.name === name)
  if (tool === undefined) throw new RangeError(`there is no tool ${name}`)
  const controller = new AbortController()
  const reported: string[] = []
  const cancel = (): void => controller.abort()
  process.once('SIGINT', cancel)
  const result = await callTool(app, tool, input, {
    caller: commandLineCaller(app),
    signal: controller.signal,
    disconnected: controller.signal,
    onProgress: () => {},
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

function knownName(name: string): string {
  if (TOOL_NAMES.includes(name)) return name
  throw new InvalidArgumentError(`The tools are ${TOOL_NAMES.join(', ')}.`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('It must be JSON, such as \'{"prompt":"a calm sea"}\'.')
  }
}
