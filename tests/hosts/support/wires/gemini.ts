import type { Schema } from '../host.ts'
import { words, type Body, type Wire } from './wire.ts'

/** `parameters` is an OpenAPI schema, which has no additionalProperties; the other one any JSON Schema. */
type Declaration = {
  name: string
  description?: string
  parameters?: Schema
  parametersJsonSchema?: Schema
}
type FunctionResponse = {
  response: object
  parts?: { inlineData: { mimeType: string; data: string } }[]
}

/** generateContent of Gemini. */
export const gemini: Wire = {
  path: /:generateContent$/,
  tools: (body) =>
    declarations(body).map(({ name, description = '', parametersJsonSchema, parameters }) => ({
      name,
      description,
      parameters: parametersJsonSchema ?? parameters ?? {},
    })),
  ask: ({ name, args }) => answer({ functionCall: { name, args } }),
  end: () => answer({ text: 'Done.' }),
  seen: (body) => {
    const last = (body.contents as { parts: { functionResponse?: FunctionResponse }[] }[])
      .flatMap(({ parts }) => parts)
      .flatMap(({ functionResponse }) => functionResponse ?? [])
      .at(-1)
    const pictures = (last?.parts ?? []).map(({ inlineData }) => inlineData)
    return [words(JSON.stringify(last?.response)), { text: '', pictures }]
  },
  faults: (body) =>
    declarations(body)
      .filter(({ name, parameters }) => !/^[\w.:-]{1,64}$/.test(name) || parameters !== undefined)
      .map(({ name }) => `function_declarations: ${name}`),
}

function declarations(body: Body): Declaration[] {
  return ((body.tools ?? []) as { functionDeclarations?: Declaration[] }[]).flatMap(
    ({ functionDeclarations = [] }) => functionDeclarations,
  )
}

function answer(part: object): object {
  return { candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP' }] }
}
