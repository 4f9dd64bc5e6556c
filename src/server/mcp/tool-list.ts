import type { ListToolsResult, StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import type { z } from 'zod'
import { shownSchema } from '../../tools/schema.ts'
import { hintsOf, type Tool } from '../../tools/tool.ts'

/**
 * Returns the list of tools for a client. Output schemas are only for clients with structured results: an
 * older client gets no structured result and may report that as a violation of the schema.
 */
export function listTools(tools: readonly Tool[], takesStructured: boolean): ListToolsResult {
  return {
    tools: tools.map((tool) => ({
      name: tool.name,
      title: tool.title,
      description: tool.description,
      inputSchema: { type: 'object', ...shownSchema(tool.input) },
      ...(takesStructured && tool.output !== undefined && outputOf(tool.output)),
      annotations: hintsOf(tool),
      ...viewOf(tool),
    })),
  } as ListToolsResult
}

/** No field is required, because clients also validate refusals, which have none of them. */
function outputOf(output: z.ZodObject): object {
  return { outputSchema: { type: 'object', ...shownSchema(output) } }
}

/** Names the view of a tool's results, with the key of MCP Apps and with that of its drafts. */
function viewOf({ view }: Tool): { _meta?: Record<string, unknown> } {
  return view === undefined ? {} : { _meta: { ui: { resourceUri: view }, 'ui/resourceUri': view } }
}

/**
 * Converts the schema of a tool to the form of the SDK. It accepts every input: `callTool` does the check,
 * so that a violation has the same form and code as all other refusals.
 */
export function passThroughSchema(schema: z.ZodObject): StandardSchemaWithJSON {
  const json = (): Record<string, unknown> => ({ ...shownSchema(schema) })
  return {
    '~standard': {
      version: 1,
      vendor: 'inkwell',
      validate: (value) => ({ value }),
      jsonSchema: { input: json, output: json },
    },
  }
}
