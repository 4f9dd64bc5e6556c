/** How a picture reaches a model: as a picture, not at all, or as base64 in what it reads. */
export type Sight = 'shown' | 'left out' | 'base64'

/** What is to be seen of a library. The tests hold each row against the library, and docs/hosts.md shows it. */
export type Row = {
  /** Library and way of use. */
  name: string
  /** Its packages, as package.json names them. */
  packages: readonly string[]
  /** The picture of a paid result. */
  paid: Sight
  /** That of viewImage. */
  viewed: Sight
  /** Results whose structuredContent is passed on beside their text. */
  structured: readonly ('paid' | 'usage')[]
  /** Whether the model is told that the input of run takes nothing. */
  closesInput?: boolean
  /** What it prints during the story, each at least once and nothing else. */
  prints?: readonly RegExp[]
  /** What to know before using it. */
  note: string
}

const LANGCHAIN = ['@langchain/mcp-adapters', 'langchain']

export const MATRIX = {
  anthropic: {
    name: 'Anthropic SDK, `mcpTools`',
    packages: ['@anthropic-ai/sdk'],
    paid: 'shown',
    viewed: 'shown',
    structured: [],
    note: 'With `INKWELL_RESOURCE_LINKS=on` the model gets an error in place of the result, which is charged.',
  },
  agents: {
    name: 'OpenAI Agents',
    packages: ['@openai/agents'],
    paid: 'shown',
    viewed: 'shown',
    structured: [],
    note: '–',
  },
  agentsStrict: {
    name: 'OpenAI Agents, `convertSchemasToStrict`',
    packages: ['@openai/agents'],
    paid: 'shown',
    viewed: 'shown',
    structured: [],
    prints: [/^Error converting MCP schema to strict mode/],
    note: 'The model sends `null` for what it leaves out, which is taken as absent. `run` stays as it is, with a warning: its `input` is open.',
  },
  langchainAnthropic: {
    name: 'LangChain with `ChatAnthropic`',
    packages: [...LANGCHAIN, '@langchain/anthropic'],
    paid: 'shown',
    viewed: 'shown',
    structured: ['usage'],
    note: 'A result without a picture reaches the model as JSON of its text and its structuredContent.',
  },
  langchainResponses: {
    name: 'LangChain with `ChatOpenAI`, `useResponsesApi: true`, `supportsStrictToolCalling: false`',
    packages: [...LANGCHAIN, '@langchain/openai'],
    paid: 'shown',
    viewed: 'shown',
    structured: ['usage'],
    note: 'As above. Without the second setting OpenAI makes every schema strict: the model has to fill all arguments, and can give `run` no input.',
  },
  langchainChat: {
    name: "LangChain with `ChatOpenAI`, `outputHandling: { image: 'artifact' }`",
    packages: [...LANGCHAIN, '@langchain/openai'],
    paid: 'left out',
    viewed: 'left out',
    structured: ['paid', 'usage'],
    note: '`ChatOpenAI` uses Chat Completions for most models, and that takes no pictures from tools: without this setting, or `useResponsesApi`, the request after a paid image is refused, or its picture ignored.',
  },
  aiSdk: {
    name: 'AI SDK, `createMCPClient`',
    packages: ['ai', '@ai-sdk/mcp', '@ai-sdk/openai'],
    paid: 'shown',
    viewed: 'shown',
    structured: [],
    note: 'Whether a picture of a tool is shown is up to the provider of the model; that of OpenAI does, over Responses.',
  },
  google: {
    name: 'Google Gen AI, `mcpToTool`',
    packages: ['@google/genai'],
    paid: 'base64',
    viewed: 'base64',
    structured: ['paid', 'usage'],
    note: 'The whole result is one JSON object to the model, which pays for up to 130,000 characters of base64 and sees no picture: tell it to pass `preview: false` and not to call `viewImage`.',
  },
  mastra: {
    name: 'Mastra',
    packages: ['@mastra/mcp', '@mastra/core'],
    paid: 'left out',
    viewed: 'shown',
    structured: [],
    closesInput: true,
    prints: [/Error calling tool: generateImage/],
    note: 'The model calls `viewImage` to see a picture. For models of OpenAI Mastra closes every object, so that they may give `run` no input; for those of Anthropic it does not. A refusal reaches the model, and is also logged as an error with its stack.',
  },
  sdk1x8: {
    name: 'MCP SDK 1.8, protocol 2024-11-05',
    packages: ['mcp-sdk-1.8'],
    paid: 'shown',
    viewed: 'shown',
    structured: [],
    note: 'No structuredContent and no links, which this version does not know.',
  },
  sdk1x12: {
    name: 'MCP SDK 1.12, protocol 2025-03-26',
    packages: ['mcp-sdk-1.12'],
    paid: 'shown',
    viewed: 'shown',
    structured: [],
    note: 'As above.',
  },
  sdk1x20: {
    name: 'MCP SDK 1.20, protocol 2025-06-18',
    packages: ['mcp-sdk-1.20'],
    paid: 'shown',
    viewed: 'shown',
    structured: ['paid', 'usage'],
    note: '–',
  },
  sdk1x32: {
    name: 'MCP SDK 1.32, protocol 2025-11-25',
    packages: ['mcp-sdk-1.32'],
    paid: 'shown',
    viewed: 'shown',
    structured: ['paid', 'usage'],
    note: '–',
  },
  sdk2: {
    name: 'MCP client 2, protocol 2025-11-25 by default',
    packages: ['@modelcontextprotocol/client'],
    paid: 'shown',
    viewed: 'shown',
    structured: ['paid', 'usage'],
    note: '–',
  },
} as const satisfies Record<string, Row>
