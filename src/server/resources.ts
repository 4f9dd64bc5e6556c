import type { McpServer, ServerContext } from '@modelcontextprotocol/server'
import type { Caller } from '../accounts/caller.ts'
import type { App } from '../app.ts'
import { priceList } from '../pricing/price-list.ts'
import { RECENT_DEFAULT, usageOverview } from '../usage/overview.ts'

/** What a client may read without calling a tool: the balance and usage, and the prices. */
export function registerResources(
  server: McpServer,
  app: App,
  callerOf: (context: ServerContext) => Caller,
): void {
  const json = (uri: URL, body: unknown) => ({
    contents: [
      { uri: uri.href, mimeType: 'application/json', text: JSON.stringify(body, null, 2) },
    ],
  })
  server.registerResource(
    'usage',
    'inkwell://usage',
    {
      title: 'Balance and usage',
      description: 'What checkUsage answers for the last 7 days.',
      mimeType: 'application/json',
    },
    async (uri, context) => {
      const caller = callerOf(context)
      await app.ready(caller)
      const { now } = app.generations
      return json(
        uri,
        await app.db.read(() =>
          usageOverview(caller, { mode: app.mode, limit: RECENT_DEFAULT }, now()),
        ),
      )
    },
  )
  server.registerResource(
    'pricing',
    'inkwell://pricing',
    {
      title: 'Prices',
      description: 'Every priced model with its operation, price and default.',
      mimeType: 'application/json',
    },
    async (uri) => json(uri, priceList(app.generations.rates)),
  )
}
