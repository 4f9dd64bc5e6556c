import { functionFaults, pictureOf, words, type Body, type Part, type Wire } from './wire.ts'
import type { WiredTool } from './wire.ts'

type Piece = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } }
type Message = { role: string; content: string | Piece[] | null }
type Tool = { function: Omit<WiredTool, 'description'> & { description?: string } }

/** Chat Completions of OpenAI. */
export const openaiChat: Wire = {
  path: /\/chat\/completions$/,
  tools: toolsOf,
  ask: ({ name, args }, id) => {
    const called = { name, arguments: JSON.stringify(args) }
    const call = { id: `call_${id}`, type: 'function', function: called }
    return completion('tool_calls', { content: null, tool_calls: [call] })
  },
  end: () => completion('stop', { content: 'Done.' }),
  seen: (body) => (messagesOfTools(body).at(-1)?.content ?? []).map(show),
  faults: (body) => [
    ...toolsOf(body).flatMap(functionFaults),
    ...messagesOfTools(body)
      .flatMap(({ content }) => content)
      .filter(({ type }) => type !== 'text')
      .map(({ type }) => `a message with role 'tool' contains ${type}`),
  ],
}

function toolsOf(body: Body): WiredTool[] {
  return ((body.tools ?? []) as Tool[]).map(({ function: { description = '', ...tool } }) => ({
    ...tool,
    description,
  }))
}

function messagesOfTools(body: Body): { content: Piece[] }[] {
  return (body.messages as Message[])
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => ({
      content: Array.isArray(content) ? content : [{ type: 'text', text: content ?? '' }],
    }))
}

function show(piece: Piece): Part {
  return piece.type === 'text' ? words(piece.text) : pictureOf(piece.image_url.url)
}

function completion(finish: string, message: object): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: 'stand-in',
    choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', ...message } }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }
}
