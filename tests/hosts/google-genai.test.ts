import { GoogleGenAI, mcpToTool } from '@google/genai'
import { Client } from 'mcp-sdk-1.32/client/index.js'
import { StdioClientTransport } from 'mcp-sdk-1.32/client/stdio.js'
import { expect, test } from 'vitest'
import { MATRIX } from './matrix.ts'
import { BASE64, checkHost } from './support/facts.ts'
import { throughModel } from './support/model.ts'
import { IMAGE, playOne } from './support/story.ts'

const open = throughModel(async (server, baseUrl) => {
  const client = new Client({ name: 'gemini', version: '1' })
  await client.connect(new StdioClientTransport(server))
  const google = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl } })
  const tools = [mcpToTool(client)]
  return {
    run: async () =>
      await google.models.generateContent({
        model: 'stand-in',
        contents: 'Go.',
        config: { tools },
      }),
    close: async () => await client.close(),
  }
})

checkHost(MATRIX.google, open)

test('without its picture a result holds no base64', async () => {
  const { name, args } = IMAGE
  const seen = await playOne(open, { name, args: { ...args, preview: false } })
  expect(seen.text).toContain('fal-ai/flux-2-flex cost $0.05')
  expect(seen.text).not.toMatch(BASE64)
})
