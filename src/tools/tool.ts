import type { z } from 'zod'
import type { Caller } from '../accounts/caller.ts'
import type { Billing } from '../billing/billing.ts'
import type { Scope } from '../accounts/scopes.ts'
import type { Mode } from '../mode.ts'
import type { GenerationDeps } from '../generations/deps.ts'
import type { Progress } from '../providers/provider.ts'

/** What tools work with. Each takes what it needs; none knows an adapter. */
export type Services = {
  mode: Mode
  generations: GenerationDeps
  billing: Billing
  /** Makes a reading true: the caller's account is open, and what dead processes held is settled. */
  ready(caller: Caller): Promise<void>
}

/** One call of a tool: who asks, and the way back to them. */
export type Call = {
  caller: Caller
  /** Aborted when the client cancels. */
  signal: AbortSignal
  /** Aborted when the client has gone: by a cancellation, or without a word. */
  left: AbortSignal
  onProgress: (progress: Progress) => void
  /** How long the client is expected to wait, in milliseconds. */
  patienceMs: number
  /** Says that the reply markReported how a generation ended: it was heard once the reply is written. */
  markReported?: (generationId: string) => void
  /** Whether the client's version of the protocol has structured results and links to files. */
  takesStructured: boolean
  /** Asks the client to open a page for its person; undefined where the client does not support that. */
  elicitUrl?: ((elicitation: UrlElicitation) => void) | undefined
  /** The client's answer: the same call comes again with it. To accept is not to pay. */
  elicitationAnswer?: ElicitationAnswer | undefined
}

/** A page for a person. The client sends the reference back with its answer, so nothing secret belongs in it. */
export type UrlElicitation = { url: string; message: string; reference: string }

export type ElicitationAnswer = { reference: string; accepted: boolean }

export type Content =
  | { type: 'text'; text: string }
  | { type: 'image'; data: string; mimeType: string }

/** Where a file of a result is, for clients that can open it. */
export type Link = { type: 'resource_link'; uri: string; name: string; mimeType: string }

/** An answer for a model that sees one half of it alone: each is complete. `content` has one image at most. */
export type Reply = {
  content: Content[]
  links?: Link[]
  structured?: Record<string, unknown>
  /** For the view of the result, which gets it with the rest: no part of what a model needs. */
  meta?: Record<string, unknown>
}

/** What a tool does to the world; its MCP hints follow from it. */
export type ToolKind = 'pays' | 'fetches' | 'reads' | 'buys'

export type Tool = {
  name: string
  title: string
  description: string
  kind: ToolKind
  /** What a caller must be allowed to do; checked before every call. */
  scope: Scope
  input: z.ZodObject
  output?: z.ZodObject
  /** The `ui://…` resource that shows its results to a person, where the client can. */
  view?: string
  handle(input: unknown, call: Call, services: Services): Promise<Reply>
}

type Definition<I extends z.ZodObject> = Omit<Tool, 'input' | 'handle'> & {
  input: I
  handle(input: z.output<I>, call: Call, services: Services): Promise<Reply>
}

/** Defines a tool. Its handler is only ever called with input that its schema has checked. */
export function defineTool<I extends z.ZodObject>(definition: Definition<I>): Tool {
  return {
    ...definition,
    handle: (input, call, services) => definition.handle(input as z.output<I>, call, services),
  }
}

const HINTS = {
  pays: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  fetches: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  reads: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  buys: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
} as const satisfies Record<ToolKind, Record<string, boolean>>

/** The four MCP hints of a tool: computed, so that none is ever forgotten. */
export function hintsOf({ kind }: Tool): (typeof HINTS)[ToolKind] {
  return HINTS[kind]
}
