import { Client as Client2 } from '@modelcontextprotocol/client'
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio'
import { Client as Client8 } from 'mcp-sdk-1.8/client/index.js'
import { StdioClientTransport as Stdio8 } from 'mcp-sdk-1.8/client/stdio.js'
import { Client as Client12 } from 'mcp-sdk-1.12/client/index.js'
import { StdioClientTransport as Stdio12 } from 'mcp-sdk-1.12/client/stdio.js'
import { Client as Client20 } from 'mcp-sdk-1.20/client/index.js'
import { StdioClientTransport as Stdio20 } from 'mcp-sdk-1.20/client/stdio.js'
import { Client as Client32 } from 'mcp-sdk-1.32/client/index.js'
import { StdioClientTransport as Stdio32 } from 'mcp-sdk-1.32/client/stdio.js'
import { MATRIX } from './matrix.ts'
import { checkHost } from './support/facts.ts'
import type { Open, Schema, Seen, Server } from './support/host.ts'

const IDENTITY = { name: 'plain client', version: '1' }

/** What a client of any version has. */
type Client = {
  listTools(): Promise<{ tools: object[] }>
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<object>
  close(): Promise<void>
}

/** A client has no model: what it gets is what one could be shown. */
const open =
  (connect: (server: Server) => Promise<Client>): Open =>
  async (server) => {
    const client = await connect(server)
    return {
      tools: async () =>
        ((await client.listTools()).tools as ListedTool[]).map(
          ({ name, description = '', inputSchema: parameters }) => ({
            name,
            description,
            parameters,
          }),
        ),
      call: async ({ name, args }) =>
        seenIn((await client.callTool({ name, arguments: args })) as Result),
      close: async () => await client.close(),
    }
  }

type ListedTool = { name: string; description?: string; inputSchema: Schema }
type Result = {
  content: { type: string; text?: string; mimeType?: string; data?: string }[]
  structuredContent?: object
}

function seenIn({ content, structuredContent }: Result): Seen {
  return {
    text: content.map(({ text = '' }) => text).join(''),
    pictures: content
      .filter(({ type }) => type === 'image')
      .map(({ mimeType = '', data = '' }) => ({ mimeType, data })),
    structured: structuredContent !== undefined,
  }
}

checkHost(
  MATRIX.sdk1x8,
  open(async (server) => {
    const client = new Client8(IDENTITY)
    await client.connect(new Stdio8(server))
    return client
  }),
)

checkHost(
  MATRIX.sdk1x12,
  open(async (server) => {
    const client = new Client12(IDENTITY)
    await client.connect(new Stdio12(server))
    return client
  }),
)

checkHost(
  MATRIX.sdk1x20,
  open(async (server) => {
    const client = new Client20(IDENTITY)
    await client.connect(new Stdio20(server))
    return client
  }),
)

checkHost(
  MATRIX.sdk1x32,
  open(async (server) => {
    const client = new Client32(IDENTITY)
    await client.connect(new Stdio32(server))
    return client
  }),
)

checkHost(
  MATRIX.sdk2,
  open(async (server) => {
    const client = new Client2(IDENTITY)
    await client.connect(new Stdio2(server))
    return client
  }),
)
