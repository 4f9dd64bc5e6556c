import type { CallToolResult } from '@modelcontextprotocol/server'
import { requireScope } from '../accounts/scopes.ts'
import type { App } from '../app.ts'
import { failureReply } from '../tools/failure.ts'
import { parseInput } from '../tools/inputs.ts'
import type { Call, Reply, Tool } from '../tools/tool.ts'
import { toAppError } from './errors.ts'

/** Calls a tool as a client does: the one place where a failure becomes a result for a model. */
export async function callTool(
  app: App,
  tool: Tool,
  input: unknown,
  call: Call,
): Promise<CallToolResult> {
  try {
    requireScope(call.caller, tool.scope)
    return toResult(await tool.handle(parseInput(tool.input, input), call, app))
  } catch (error) {
    return { ...toResult(failureReply(toAppError(error, app.log, tool.name))), isError: true }
  }
}

function toResult({ content, structured }: Reply): CallToolResult {
  return structured === undefined ? { content } : { content, structuredContent: structured }
}
