import { randomUUID } from 'node:crypto'
import { serve } from '@hono/node-server'
import {
  createMcpHandler,
  isLegacyRequest,
  McpServer,
  WebStandardStreamableHTTPServerTransport,
  type CallToolResult,
} from '@modelcontextprotocol/server'
import { Hono } from 'hono'
import { z } from 'zod'

/**
 * The baseline: one tool on the bare SDK, for clients of both eras, and one route of bare Hono. No key, no database. The
 * tool returns the result that this process was started with.
 */
const answer = JSON.parse(process.argv[2] ?? '{}') as CallToolResult

function build(): McpServer {
  const server = new McpServer({ name: 'bare', version: '1.0.0' })
  server.registerTool(
    'answer',
    { description: 'Answers.', inputSchema: z.object({}) },
    () => answer,
  )
  return server
}

const modern = createMcpHandler(build, { legacy: 'reject', responseMode: 'sse' })
const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>()

async function legacy(request: Request, parsedBody: unknown): Promise<Response> {
  const open = sessions.get(request.headers.get('mcp-session-id') ?? '')
  if (open !== undefined) return await open.handleRequest(request, { parsedBody })
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  })
  await build().connect(transport)
  return await transport.handleRequest(request, { parsedBody })
}

const app = new Hono()
app.all('/mcp', async ({ req }) => {
  const parsedBody: unknown = await req.json()
  return (await isLegacyRequest(req.raw, parsedBody))
    ? await legacy(req.raw, parsedBody)
    : await modern.fetch(req.raw, { parsedBody })
})
app.get('/plain', (context) => context.json({ ok: true }))

process.once('disconnect', () => process.exit())
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
  process.send?.(`http://127.0.0.1:${port}`),
)
