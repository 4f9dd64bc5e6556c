import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

/** The baseline: one tool on the bare SDK. */
const input = z.object({ text: z.string() })

serveStdio(() => {
  const server = new McpServer({ name: 'echo', version: '1.0.0' })
  server.registerTool('echo', { description: 'Says it back.', inputSchema: input }, ({ text }) => ({
    content: [{ type: 'text', text }],
  }))
  return server
})
