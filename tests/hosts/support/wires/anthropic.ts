import type { Schema } from '../host.ts'
import { words, type Body, type Part, type Wire } from './wire.ts'

type Block =
  | { type: 'text'; text: string }
  | { type: 'image'; source: { type: 'base64'; media_type: string; data: string } }
type ToolResult = { type: 'tool_result'; content?: string | Block[] }
type Message = { content: string | ({ type: string } | ToolResult)[] }
type Tool = { name: string; description?: string; input_schema: Schema }

/** Messages of Anthropic. */
export const anthropic: Wire = {
  path: /\/v1\/messages(?:\?|$)/,
  tools: toolsOf,
  ask: ({ name, args }, id) =>
    message('tool_use', [{ type: 'tool_use', id: `toolu_${id}`, name, input: args }]),
  end: () => message('end_turn', [{ type: 'text', text: 'Done.' }]),
  seen: (body) => {
    const content = results(body).at(-1)?.content ?? []
    return typeof content === 'string' ? [words(content)] : content.map(show)
  },
  faults: (body) => [
    ...toolsOf(body)
      .filter(({ name, parameters: { type } }) => !/^[\w-]{1,128}$/.test(name) || type !== 'object')
      .map(({ name }) => `tools: ${name}`),
    ...results(body)
      .flatMap(({ content }) => (Array.isArray(content) ? content : []))
      .filter(({ type }) => type !== 'text' && type !== 'image')
      .map(({ type }) => `tool_result: ${type}`),
  ],
}

function toolsOf(body: Body) {
  return ((body.tools ?? []) as Tool[]).map(
    ({ name, description = '', input_schema: parameters }) => ({ name, description, parameters }),
  )
}

function results(body: Body): ToolResult[] {
  return (body.messages as Message[])
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter((block): block is ToolResult => block.type === 'tool_result')
}

function show(block: Block): Part {
  if (block.type === 'text') return words(block.text)
  const { media_type: mimeType, data } = block.source
  return { text: '', pictures: [{ mimeType, data }] }
}

function message(stop: string, content: object[]): object {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'stand-in',
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  }
}
