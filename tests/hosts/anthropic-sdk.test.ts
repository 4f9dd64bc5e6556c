import Anthropic from '@anthropic-ai/sdk'
import { mcpTools, type MCPClientLike } from '@anthropic-ai/sdk/helpers/beta/mcp'
import { Client } from 'mcp-sdk-1.32/client/index.js'
import { StdioClientTransport } from 'mcp-sdk-1.32/client/stdio.js'
import { expect, test } from 'vitest'
import { MATRIX } from './matrix.ts'
import { checkHost } from './support/facts.ts'
import { throughModel } from './support/model.ts'
import { IMAGE, playOne } from './support/story.ts'

const open = throughModel(async (server, baseURL) => {
  const client = new Client({ name: 'anthropic', version: '1' })
  await client.connect(new StdioClientTransport(server))
  const tools = mcpTools((await client.listTools()).tools, client as MCPClientLike)
  const anthropic = new Anthropic({ apiKey: 'none', baseURL, maxRetries: 0 })
  return {
    run: async () =>
      await anthropic.beta.messages
        .toolRunner({
          model: 'stand-in',
          max_tokens: 1024,
          tools,
          messages: [{ role: 'user', content: 'Go.' }],
        })
        .runUntilDone(),
    close: async () => await client.close(),
  }
})

checkHost(MATRIX.anthropic, open)

test('a result with a link is lost', async () => {
  const seen = await playOne(open, IMAGE, { INKWELL_RESOURCE_LINKS: 'on' })
  expect(seen.text).toContain('Unsupported MCP content type: resource_link')
})
