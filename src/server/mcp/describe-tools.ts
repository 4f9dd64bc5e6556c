import type * as z from 'zod'
import type { RateCard } from '../../pricing/find-model.ts'
import { toolsFor } from '../../tools/index.ts'
import { shownSchema } from '../../tools/schema.ts'
import { hintsOf, type Tool } from '../../tools/tool.ts'
import type { ListedTools } from './tool-list.ts'

/** Describes all tools as clients see them, with the prices of a rate card. */
export function describeTools(rates: RateCard): ListedTools {
  return toolsFor(rates).map((tool) => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: { type: 'object', ...shownSchema(tool.input) },
    ...(tool.output !== undefined && outputOf(tool.output)),
    annotations: hintsOf(tool),
    ...viewOf(tool),
  })) as ListedTools
}

/** No field is required, because clients also validate refusals, which have none of them. */
function outputOf(output: z.ZodObject): object {
  return { outputSchema: { type: 'object', ...shownSchema(output) } }
}

/** Names the view of a tool's results, with the key of MCP Apps and with that of its drafts. */
function viewOf({ view }: Tool): { _meta?: Record<string, unknown> } {
  return view === undefined ? {} : { _meta: { ui: { resourceUri: view }, 'ui/resourceUri': view } }
}
