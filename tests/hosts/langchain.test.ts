import { ChatAnthropic } from '@langchain/anthropic'
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { MultiServerMCPClient, type OutputHandling } from '@langchain/mcp-adapters'
import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai'
import { createAgent } from 'langchain'
import { expect, test } from 'vitest'
import { MATRIX } from './matrix.ts'
import { checkHost } from './support/facts.ts'
import { throughModel } from './support/model.ts'
import { IMAGE, playOne } from './support/story.ts'

type Setup = {
  model: (url: string) => BaseChatModel
  outputHandling?: OutputHandling
}

const open = ({ model, ...options }: Setup) =>
  throughModel(async (server, url) => {
    const inkwell = { transport: 'stdio' as const, ...server }
    const mcp = new MultiServerMCPClient({ mcpServers: { inkwell }, ...options })
    const agent = createAgent({ model: model(url), tools: await mcp.getTools() })
    return {
      run: async () => await agent.invoke({ messages: [{ role: 'user', content: 'Go.' }] }),
      close: async () => await mcp.close(),
    }
  })

const anthropic = (anthropicApiUrl: string) =>
  new ChatAnthropic({ model: 'stand-in', apiKey: 'none', anthropicApiUrl, maxRetries: 0 })

const openai = (baseURL: string, options: ChatOpenAIFields = {}): BaseChatModel =>
  new ChatOpenAI({
    model: 'stand-in',
    apiKey: 'none',
    configuration: { baseURL },
    maxRetries: 0,
    ...options,
  })
const responses = { useResponsesApi: true, supportsStrictToolCalling: false }

checkHost(MATRIX.langchainAnthropic, open({ model: anthropic }))
checkHost(MATRIX.langchainResponses, open({ model: (url) => openai(url, responses) }))
checkHost(MATRIX.langchainChat, open({ model: openai, outputHandling: { image: 'artifact' } }))

test('as it comes, ChatOpenAI sends the picture of a tool where Chat Completions takes none', async () => {
  await expect(playOne(open({ model: openai }), IMAGE)).rejects.toThrow(
    "a message with role 'tool' contains image_url",
  )
})
