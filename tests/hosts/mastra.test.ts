import { Agent } from '@mastra/core/agent'
import { MCPClient } from '@mastra/mcp'
import { MATRIX } from './matrix.ts'
import { checkHost } from './support/facts.ts'
import { throughModel } from './support/model.ts'

const open = throughModel(async (server, url) => {
  const mcp = new MCPClient({ servers: { inkwell: server } })
  const agent = new Agent({
    id: 'painter',
    name: 'painter',
    instructions: 'Paint.',
    model: { id: 'openai/stand-in', url, apiKey: 'none', api: 'responses' },
    tools: await mcp.listTools(),
  })
  return {
    run: async () => await agent.generate('Go.'),
    close: async () => await mcp.disconnect(),
  }
})

checkHost(MATRIX.mastra, open)
