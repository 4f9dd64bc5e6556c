import { Agent, MCPServerStdio, OpenAIProvider, Runner } from '@openai/agents'
import { MATRIX } from './matrix.ts'
import { checkHost } from './support/facts.ts'
import { throughModel } from './support/model.ts'

const open = (convertSchemasToStrict: boolean) =>
  throughModel(async (server, baseURL) => {
    const mcp = new MCPServerStdio({ ...server, name: 'inkwell' })
    await mcp.connect()
    const agent = new Agent({
      name: 'painter',
      model: 'stand-in',
      mcpServers: [mcp],
      mcpConfig: { convertSchemasToStrict },
    })
    const modelProvider = new OpenAIProvider({ apiKey: 'none', baseURL })
    const runner = new Runner({ modelProvider })
    return {
      run: async () => await runner.run(agent, 'Go.'),
      close: async () => await mcp.close(),
    }
  })

checkHost(MATRIX.agents, open(false))
checkHost(MATRIX.agentsStrict, open(true))
