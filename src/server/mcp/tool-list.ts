import type { ListToolsResult, StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import type { z } from 'zod'
import { shownSchema } from '../../tools/schema.ts'
import { hintsOf, type Tool } from '../../tools/tool.ts'

/**
 * What a client is told of the tools. The shapes of results are for clients that take structured results:
 * one of an older version, which gets none, may hold it against us.
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

/** A refusal has no part of a result, and clients hold it against this shape too: nothing in it is required. */
function outputOf(output: z.ZodObject): object {
  return { outputSchema: { type: 'object', ...shownSchema(output) } }
}

/** Names the view of a tool's results, in the words of MCP Apps and in those of its drafts. */
function viewOf({ view }: Tool): { _meta?: Record<string, unknown> } {
  return view === undefined ? {} : { _meta: { ui: { resourceUri: view }, 'ui/resourceUri': view } }
}

/**
 * The schema of a tool as the SDK wants it. It lets every input pass: `callTool` checks it itself, so that
 * a violation is worded and coded like any other refusal.
 */
export function passing(schema: z.ZodObject): StandardSchemaWithJSON {
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
