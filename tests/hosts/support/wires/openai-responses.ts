import type { Schema } from '../host.ts'
import { functionFaults, pictureOf, words, type Body, type Part, type Wire } from './wire.ts'
import type { WiredTool } from './wire.ts'

type Piece =
  | { type: 'input_text'; text: string }
  | { type: 'input_image'; image_url: string }
  | { type: 'input_file' }
type Item = { type?: string; output?: string | Piece[] }
type Tool = Omit<WiredTool, 'description'> & { description?: string }

/** Responses of OpenAI. */
export const openaiResponses: Wire = {
  path: /\/responses$/,
  tools: toolsOf,
  ask: ({ name, args }, id) =>
    response({
      type: 'function_call',
      id: `fc_${id}`,
      call_id: `call_${id}`,
      name,
      arguments: JSON.stringify(args),
      status: 'completed',
    }),
  end: () =>
    response({
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Done.', annotations: [], logprobs: [] }],
    }),
  seen: (body) => {
    const { output = [] } = outputs(body).at(-1) ?? {}
    return typeof output === 'string' ? [words(output)] : output.map(show)
  },
  faults: (body) => [
    ...toolsOf(body).flatMap(functionFaults),
    ...outputs(body)
      .flatMap(({ output }) => (Array.isArray(output) ? output : []))
      .filter(({ type }) => !['input_text', 'input_image', 'input_file'].includes(type))
      .map(({ type }) => `function_call_output: ${type}`),
  ],
}

function toolsOf(body: Body): WiredTool[] {
  return ((body.tools ?? []) as Tool[]).map(({ description = '', ...tool }) => ({
    ...tool,
    description,
    parameters: tool.strict === undefined ? madeStrict(tool.parameters) : tool.parameters,
  }))
}

/** Where a request does not say, Responses makes a schema strict: objects are closed and require all they have. */
function madeStrict(schema: Schema): Schema {
  const { type, properties = {} } = schema
  if (type !== 'object') return schema
  const inner = Object.entries(properties).map(([name, value]) => [name, madeStrict(value)])
  return {
    ...schema,
    properties: Object.fromEntries(inner) as Record<string, Schema>,
    required: Object.keys(properties),
    additionalProperties: false,
  }
}

function outputs(body: Body): Item[] {
  return (body.input as Item[]).filter(({ type }) => type === 'function_call_output')
}

function show(piece: Piece): Part {
  if (piece.type === 'input_text') return words(piece.text)
  return piece.type === 'input_image' ? pictureOf(piece.image_url) : words('')
}

function response(item: object): object {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 0,
    status: 'completed',
    model: 'stand-in',
    output: [item],
    usage: {
      input_tokens: 1,
      output_tokens: 1,
      total_tokens: 2,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  }
}
