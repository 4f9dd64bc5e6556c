import { createMCPClient } from '@ai-sdk/mcp'
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, stepCountIs } from 'ai'
import { MATRIX } from './matrix.ts'
import { checkHost } from './support/facts.ts'
import { throughModel } from './support/model.ts'

const open = throughModel(async (server, baseURL) => {
  const mcp = await createMCPClient({ transport: new Experimental_StdioMCPTransport(server) })
  const tools = await mcp.tools()
  const model = createOpenAI({ apiKey: 'none', baseURL })('stand-in')
  return {
    run: async () =>
      await generateText({ model, tools, prompt: 'Go.', stopWhen: stepCountIs(2), maxRetries: 0 }),
    close: async () => await mcp.close(),
  }
})

checkHost(MATRIX.aiSdk, open)
