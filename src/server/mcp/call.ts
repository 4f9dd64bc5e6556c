import type { CallToolResult } from '@modelcontextprotocol/server'
import { requireScope } from '../../accounts/scopes.ts'
import type { App } from '../../app.ts'
import { agentOf, failureReply } from '../../tools/failure.ts'
import { OPERATIONS } from '../../pricing/catalog.ts'
import { wellFormed } from '../../text.ts'
import { inStep } from '../../trace.ts'
import { parseInput } from '../../tools/parse-input.ts'
import type { Call, Reply, Tool } from '../../tools/tool.ts'
import { toAppError } from '../../to-app-error.ts'

/** Calls a tool for a client. This is the only place that turns errors into tool results. Never throws. */
export async function callTool(
  app: App,
  tool: Tool,
  input: unknown,
  call: Call,
): Promise<CallToolResult> {
  const attributes = {
    'mcp.method.name': 'tools/call',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool.name,
  }
  return await inStep({ name: `tools/call ${tool.name}`, kind: 'server', attributes }, (note) =>
    measured(app, { tool, input, call }, note),
  )
}

async function measured(
  app: App,
  { tool, input, call }: { tool: Tool; input: unknown; call: Call },
  note: (attributes: Record<string, string>) => void,
): Promise<CallToolResult> {
  const startedAt = performance.now()
  let outcome = 'ok'
  try {
    requireToolScope(app, tool, input, call)
    return toResult(app, call, await tool.handle(parseInput(tool.input, input), call, app))
  } catch (error) {
    const failure = toAppError(error, app.log, tool.name)
    outcome = failure.code
    note({ 'error.type': outcome })
    return { ...toResult(app, call, failureReply(failure, agentOf(call.caller))), isError: true }
  } finally {
    const seconds = (performance.now() - startedAt) / 1000
    app.meter.record('tool_call_seconds', seconds, { tool: tool.name, outcome })
  }
}

/** Throws `forbidden` if the caller may not call the tool. A paid call is recorded then, a quote is not. */
function requireToolScope({ generations }: App, tool: Tool, input: unknown, call: Call): void {
  const { caller } = call
  try {
    requireScope(caller, tool.scope)
  } catch (error) {
    const operation = OPERATIONS.find((name) => name === tool.name)
    const given = typeof input === 'object' && input !== null ? { ...input } : {}
    const { model, quoteOnly } = given as { model?: unknown; quoteOnly?: unknown }
    if (operation !== undefined && quoteOnly !== true)
      generations.refusals.record({ caller, request: { operation, model } }, error)
    throw error
  }
}

/** Builds the MCP result of a reply. Every tool result passes here. */
function toResult(
  { config }: App,
  { takesStructured }: Call,
  { content, links = [], structured, meta }: Reply,
): CallToolResult {
  return wellFormed({
    content: takesStructured && config.resourceLinks ? [...content, ...links] : content,
    ...(takesStructured && structured !== undefined && { structuredContent: structured }),
    ...(meta !== undefined && { _meta: meta }),
  })
}
