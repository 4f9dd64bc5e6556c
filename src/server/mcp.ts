import {
  McpServer,
  type CallToolResult,
  type InputRequiredResult,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server'
import type { z } from 'zod'
import type { Caller } from '../accounts/caller.ts'
import type { App } from '../app.ts'
import { TOOLS } from '../tools/index.ts'
import { hintsOf, type Offer, type Tool } from '../tools/tool.ts'
import { inTrace, traceOf } from '../trace.ts'
import { VERSION } from '../version.ts'
import { registerPrompts } from './prompts.ts'
import { registerResources } from './resources.ts'
import { startProgress } from './progress.ts'
import { callTool } from './call.ts'
import { asOffer, canOpenPages, offered } from './offers.ts'

/** How long a client is expected to wait for an answer, in milliseconds: libraries give up after 60 s, progress or not. */
const PATIENCE_MS = 45_000

const INSTRUCTIONS =
  'Image tools paid from a prepaid balance with hard budgets. Every paid call holds its price first and charges only for what was delivered. Call checkUsage before a series of paid calls, quoteOnly for a price, and stop when a budget is reached: it cannot be raised from here.'

/** Tools, resources and prompts are the same as long as the process lives: no client need listen for changes. */
const FIXED = { listChanged: false }

/** Results can be shown to a person in a view of ours. */
const APPS = { 'io.modelcontextprotocol/ui': {} }

/** What differs between the ways in: who asks, and whether a broken connection means they gave up. */
export type Entrance = {
  callerOf: (context: ServerContext) => Caller
  mayCancel: () => boolean
}

/** An MCP server for one connection or request; all state is in the database. */
export function buildServer(app: App, entrance: Entrance): McpServer {
  const server = new McpServer(
    { name: 'inkwell', title: 'Inkwell', version: VERSION },
    {
      instructions: INSTRUCTIONS,
      capabilities: { tools: FIXED, resources: FIXED, prompts: FIXED, extensions: APPS },
    },
  )
  for (const tool of TOOLS) {
    const { title, description } = tool
    const inputSchema = advertised(tool.input)
    const annotations = { title, ...hintsOf(tool) }
    const shape = { title, description, inputSchema, annotations, ...viewOf(tool) }
    server.registerTool(
      tool.name,
      tool.output === undefined ? shape : { ...shape, outputSchema: advertised(tool.output) },
      (input: unknown, context: ServerContext) =>
        inTrace(traceOf(context.mcpReq._meta?.['traceparent']), () =>
          answer({ app, server, tool }, input, context, entrance),
        ),
    )
  }
  registerResources(server, app, entrance.callerOf)
  registerPrompts(server)
  return server
}

/** Names the view of a tool's results, in the words of MCP Apps and in those of its drafts. */
function viewOf({ view }: Tool): { _meta?: Record<string, unknown> } {
  return view === undefined ? {} : { _meta: { ui: { resourceUri: view }, 'ui/resourceUri': view } }
}

async function answer(
  { app, server, tool }: { app: App; server: McpServer; tool: Tool },
  input: unknown,
  context: ServerContext,
  { callerOf, mayCancel }: Entrance,
): Promise<CallToolResult | InputRequiredResult> {
  const progress = startProgress(context)
  let made: Offer | undefined
  const offer = (page: Offer): void => void (made = page)
  const { signal } = context.mcpReq
  const left = leavingOf(context)
  const told: string[] = []
  try {
    const result = await callTool(app, tool, input, {
      caller: callerOf(context),
      signal: cancellation(signal, mayCancel),
      left,
      onProgress: progress.report,
      patienceMs: PATIENCE_MS,
      tells: (id) => void told.push(id),
      offer: canOpenPages(server, context) ? offer : undefined,
      offered: offered(context),
    })
    // The answer is written after this turn, unless the client has left meanwhile.
    setImmediate(() => {
      if (!left.aborted) for (const id of told) app.generations.answers.heard(id)
    })
    return made === undefined ? result : asOffer(made)
  } finally {
    progress.stop()
  }
}

/** A stream of 2025 that breaks is no cancellation, but nobody is there to hear the answer. */
function leavingOf({ mcpReq, http }: ServerContext): AbortSignal {
  return http?.req === undefined ? mcpReq.signal : AbortSignal.any([mcpReq.signal, http.req.signal])
}

function cancellation(signal: AbortSignal, mayCancel: () => boolean): AbortSignal {
  const controller = new AbortController()
  const cancel = (): void => void (mayCancel() && controller.abort())
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  return controller.signal
}

const schemas = new Map<z.ZodObject, StandardSchemaWithJSON>()

/**
 * A schema to be shown, converted to JSON Schema once per process. It lets every input pass: `callTool`
 * checks it itself, so that a violation is worded and coded like any other refusal.
 */
function advertised(schema: z.ZodObject): StandardSchemaWithJSON {
  const known = schemas.get(schema)
  if (known !== undefined) return known
  const { jsonSchema, ...standard } = schema['~standard'] as StandardSchemaWithJSON['~standard']
  const shown: StandardSchemaWithJSON = {
    '~standard': {
      ...standard,
      validate: (value) => ({ value }),
      jsonSchema: {
        input: once((options) => jsonSchema.input(options)),
        output: once((options) => orFailure(jsonSchema.output(options))),
      },
    },
  }
  schemas.set(schema, shown)
  return shown
}

/** Clients of the 1.x SDK hold refusals against the output schema too: an `error` instead of a result fits it. */
function orFailure({
  required,
  properties,
  ...rest
}: Record<string, unknown>): Record<string, unknown> {
  return {
    ...rest,
    properties: { error: { type: 'object' }, ...(properties as Record<string, unknown>) },
    anyOf: [{ required }, { required: ['error'] }],
  }
}

function once<A, T>(make: (argument: A) => T): (argument: A) => T {
  let made: T | undefined
  return (argument) => (made ??= make(argument))
}
