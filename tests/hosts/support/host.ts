/** How the server is started, in the words that every library takes. */
export type Server = {
  command: string
  args: string[]
  cwd: string
  env: Record<string, string>
}

/** A part of JSON Schema. */
export type Schema = {
  type?: string | string[]
  description?: string
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[] | null
  additionalProperties?: unknown
}

/** A tool as a model is told of it. */
export type ShownTool = { name: string; description: string; parameters: Schema }

export type Call = { name: string; args: Record<string, unknown> }

/** What a model gets of a result: all that it reads, what it is shown, and whether it reads structuredContent too. */
export type Seen = {
  text: string
  pictures: { mimeType: string; data: string }[]
  structured: boolean
}

/** A library that is connected to a server of its own. */
export type Connection = {
  tools: () => Promise<ShownTool[]>
  call: (call: Call) => Promise<Seen>
  close: () => Promise<unknown>
}

export type Open = (server: Server) => Promise<Connection>

/** A library that lets a model call tools. */
export type Agent = {
  /** Lets the model speak until it is done. */
  run: () => Promise<unknown>
  close: () => Promise<unknown>
}
