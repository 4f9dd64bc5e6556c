import type { Call, Seen, Schema, ShownTool } from '../host.ts'

/** The body of a request to a model, as it came. Each wire reads what it needs of it. */
export type Body = Record<string, unknown>

/** What one of its parts shows to a model. */
export type Part = Pick<Seen, 'text' | 'pictures'>

/** What a model's API takes and answers, as far as calls of tools go. */
export type Wire = {
  /** Which requests are for this API. */
  path: RegExp
  tools(body: Body): WiredTool[]
  /** The answer of a model that wants a tool called. */
  ask(call: Call, id: number): object
  /** The answer of a model that has nothing more to ask. */
  end(): object
  /** What the newest result of a tool in a request shows to the model. */
  seen(body: Body): Part[]
  /** What the real API refuses in a request, by its public types. */
  faults(body: Body): string[]
}

/** A tool, and whether its model has to name every argument. */
export type WiredTool = ShownTool & { strict?: boolean }

/** A text that the model reads. */
export function words(text: string): Part {
  return { text, pictures: [] }
}

/** A picture out of a `data:` URL. Any other address shows nothing. */
export function pictureOf(url: string): Part {
  const [, mimeType, data] = /^data:(image\/\w+);base64,(.+)$/.exec(url) ?? []
  if (mimeType === undefined || data === undefined) return words(url)
  return { text: '', pictures: [{ mimeType, data }] }
}

/** What OpenAI refuses in a function: a name it does not take, or a strict schema with an open object. */
export function functionFaults({ name, parameters, strict }: WiredTool): string[] {
  if (!/^[\w-]{1,64}$/.test(name)) return [`${name} is no name of a function`]
  if (parameters.type !== 'object') return [`the parameters of ${name} are no object`]
  return strict === true ? openObjects(parameters, name) : []
}

function openObjects(schema: Schema, path: string): string[] {
  const { type, properties = {}, required, additionalProperties } = schema
  const isOpen =
    [type].flat().includes('object') &&
    (additionalProperties !== false || required?.length !== Object.keys(properties).length)
  return [
    ...(isOpen ? [`${path} is strict and open`] : []),
    ...Object.entries(properties).flatMap(([key, inner]) => openObjects(inner, `${path}.${key}`)),
  ]
}
