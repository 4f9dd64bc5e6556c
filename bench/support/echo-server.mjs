import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

/** The baseline: one tool on the bare SDK, which returns the result that this process was started with. */
const answer = JSON.parse(process.argv[2] ?? '{}')

serveStdio(() => {
  const server = new McpServer({ name: 'bare', version: '1.0.0' })
  server.registerTool(
    'answer',
    { description: 'Answers.', inputSchema: z.object({}) },
    () => answer,
  )
  return server
})
