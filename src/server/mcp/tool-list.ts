import { existsSync, readFileSync } from 'node:fs'
import type { ListToolsResult } from '@modelcontextprotocol/server'
import type { RateCard } from '../../pricing/find-model.ts'

export type ListedTools = ListToolsResult['tools']

const listsByRates = new WeakMap<RateCard, Promise<ListedTools>>()

/**
 * Returns the list of tools for a client. Output schemas are only for clients with structured results: an
 * older client gets no structured result and may report that as a violation of the schema.
 */
export async function listTools(
  rates: RateCard,
  takesStructured: boolean,
): Promise<ListToolsResult> {
  const known = listsByRates.get(rates) ?? readList(rates)
  listsByRates.set(rates, known)
  const tools = await known
  return { tools: takesStructured ? tools : tools.map(withoutOutput) }
}

function withoutOutput(tool: ListedTools[number]): ListedTools[number] {
  const { outputSchema: _, ...others } = tool
  return others
}

/** The package contains the list at list prices: making it from the schemas takes a quarter of a start. */
async function readList(rates: RateCard): Promise<ListedTools> {
  const built = new URL('tools.json', import.meta.url)
  if (isAtListPrices(rates) && existsSync(built))
    return JSON.parse(readFileSync(built, 'utf8')) as ListedTools
  const { describeTools } = await import('./describe-tools.ts')
  return describeTools(rates)
}

function isAtListPrices({ models, unknownModels }: RateCard): boolean {
  const own = [...models.values()].some(({ source }) => source === 'operator')
  return unknownModels === 'default' && !own
}
