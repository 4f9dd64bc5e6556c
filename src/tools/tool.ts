import type * as z from 'zod'
import type { Caller } from '../accounts/caller.ts'
import type { Billing } from '../billing/billing.ts'
import type { Scope } from '../accounts/scopes.ts'
import type { Mode } from '../mode.ts'
import type { GenerationDeps } from '../generations/deps.ts'
import type { Progress } from '../providers/provider.ts'

/** Dependencies of the tools. They do not depend on adapters. */
export type Services = {
  mode: Mode
  /** The time, in milliseconds since 1970. */
  now(this: void): number
  generations: GenerationDeps
  billing: Billing
  /** The address of the usage page of this process; null where it serves none. */
  usagePage(this: void): string | null
  /** Opens the account if needed and settles orphaned generations, so balances are current. */
  ready(caller: Caller): Promise<void>
}

/** One call of a tool: the caller, and the client's capabilities. */
export type Call = {
  caller: Caller
  /** Aborted when the client cancels. */
  signal: AbortSignal
  /** Aborted when the client cancels or disconnects. */
  disconnected: AbortSignal
  onProgress: (progress: Progress) => void
  /** How long the call may wait for its result before the client gives up, in milliseconds. */
  maxWaitMs: number
  /** Records that the reply reports the end of a generation. It counts as delivered when the reply is written. */
  markReported?: (generationId: string) => void
  /** Whether the client's protocol version supports structured results and links to files. */
  takesStructured: boolean
  /** Asks the client to open a page for its user. Undefined if the client does not support that. */
  elicitUrl?: ((elicitation: Elicitation & { url: string }) => void) | undefined
  /** The client's answer, in a repetition of the same call. Accepting the page does not mean that it was paid. */
  elicitationAnswer?: ElicitationAnswer | undefined
  /** Asks the client to put a question to its user. Undefined if the client does not support that. */
  elicitConsent?: ((elicitation: Elicitation) => void) | undefined
  /** What the user said to that question, in a repetition of the same call. */
  consent?: ElicitationAnswer | undefined
}

/** A page or a question for a person. The client returns `reference` with its answer, so it must not contain secrets. */
export type Elicitation = { url?: string; message: string; reference: string }

/** The client's answer to an `Elicitation`. */
export type ElicitationAnswer = { reference: string; action: 'accept' | 'decline' | 'cancel' }

export type Content =
  | { type: 'text'; text: string }
  | { type: 'image'; data: string; mimeType: string }

/** A link to a file of a result, for clients that can open it. */
export type Link = { type: 'resource_link'; uri: string; name: string; mimeType: string }

/** A tool result. A model may see only `content` or only `structured`, so each is complete. `content` has at most one image. */
export type Reply = {
  content: Content[]
  links?: Link[]
  structured?: Record<string, unknown>
  /** Extra data for the view of the result. A model does not need it. */
  meta?: Record<string, unknown>
}

/** The effect of a tool. It determines the tool's MCP hints. */
export type ToolKind = 'pays' | 'fetches' | 'reads' | 'buys'

export type Tool = {
  name: string
  title: string
  description: string
  kind: ToolKind
  /** The scope that a caller needs. It is checked before every call. */
  scope: Scope
  input: z.ZodObject
  output?: z.ZodObject
  /** The `ui://…` resource that shows its results to a person, if the client supports that. */
  view?: string
  handle(input: unknown, call: Call, services: Services): Promise<Reply>
}

type Definition<I extends z.ZodObject> = Omit<Tool, 'input' | 'handle'> & {
  input: I
  handle(input: z.output<I>, call: Call, services: Services): Promise<Reply>
}

/** Defines a tool. Its handler must only be called with input that its schema has checked. */
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

/** Returns the four MCP hints of a tool. They are derived from its kind, so none can be missing. */
export function hintsOf({ kind }: Tool): (typeof HINTS)[ToolKind] {
  return HINTS[kind]
}
