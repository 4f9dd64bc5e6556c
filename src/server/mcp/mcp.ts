import {
  McpServer,
  PROTOCOL_VERSION_META_KEY,
  type CallToolResult,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Caller } from '../../accounts/caller.ts'
import type { App } from '../../app.ts'
import { toolsFor } from '../../tools/index.ts'
import type { Tool, UrlElicitation } from '../../tools/tool.ts'
import { inTrace, traceOf } from '../../trace.ts'
import { VERSION } from '../../version.ts'
import { registerPrompts } from './prompts.ts'
import { registerResources } from './resources.ts'
import { startProgress } from './progress.ts'
import { callTool } from './call.ts'
import { listTools, passing } from './tool-list.ts'
import { elicitationAnswer, elicitUrl, supportsUrlElicitation } from './url-elicitation.ts'

/** How long a client is expected to wait for an answer, in milliseconds: libraries give up after 60 s, progress or not. */
const PATIENCE_MS = 45_000

/** Claude Code shows a model these and the names of the tools alone, until it asks for more. */
const INSTRUCTIONS =
  'Tools that make and edit images; run makes video, speech and music. They are paid from a prepaid balance with hard budgets. Every paid call holds its price first and charges only for what was delivered. Call checkUsage before a series of paid calls, quoteOnly for a price, and stop when a budget is reached: it cannot be raised from here.'

/** Tools, resources and prompts are the same as long as the process lives: no client need listen for changes. */
const FIXED = { listChanged: false }

/** Results can be shown to a person in a view of ours. */
const APPS = { 'io.modelcontextprotocol/ui': {} }

/** What differs between the ways in: who asks, and whether a broken connection means they gave up. */
export type TransportBinding = {
  callerOf: (context: ServerContext) => Caller
  mayCancel: () => boolean
}

/** An MCP server for one connection or request; all state is in the database. */
export function buildServer(app: App, entrance: TransportBinding): McpServer {
  const server = new McpServer(
    { name: 'inkwell', title: 'Inkwell', version: VERSION },
    {
      instructions: INSTRUCTIONS,
      capabilities: { tools: FIXED, resources: FIXED, prompts: FIXED, extensions: APPS },
    },
  )
  const tools = toolsFor(app.generations.rates)
  for (const tool of tools) {
    server.registerTool(
      tool.name,
      { inputSchema: passing(tool.input) },
      (input: unknown, context: ServerContext) =>
        inTrace(traceOf(context.mcpReq._meta?.['traceparent']), () =>
          answer({ app, server, tool }, input, context, entrance),
        ),
    )
  }
  server.server.setRequestHandler('tools/list', (_, context) =>
    listTools(tools, takesStructured(server, context)),
  )
  registerResources(server, app, entrance.callerOf)
  registerPrompts(server)
  return server
}

async function answer(
  { app, server, tool }: { app: App; server: McpServer; tool: Tool },
  input: unknown,
  context: ServerContext,
  { callerOf, mayCancel }: TransportBinding,
): Promise<CallToolResult | InputRequiredResult> {
  const progress = startProgress(context)
  let elicitation: UrlElicitation | undefined
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
      takesStructured: takesStructured(server, context),
      elicitUrl: supportsUrlElicitation(server, context)
        ? (wanted) => void (elicitation = wanted)
        : undefined,
      elicitationAnswer: elicitationAnswer(context),
    })
    // The answer is written after this turn, unless the client has left meanwhile.
    setImmediate(() => {
      if (!left.aborted) for (const id of told) app.generations.answers.heard(id)
    })
    return elicitation === undefined ? result : elicitUrl(elicitation)
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

/** Structured results and links to files came with this version; the names of versions sort by age. */
const STRUCTURED_SINCE = '2025-06-18'

/** A client of 2026 names its version with each request, an older one named it when it connected. */
function takesStructured({ server }: McpServer, { mcpReq }: ServerContext): boolean {
  const envelope = mcpReq.envelope as Record<string, unknown> | undefined
  const version = envelope?.[PROTOCOL_VERSION_META_KEY] ?? server.getNegotiatedProtocolVersion()
  return typeof version !== 'string' || version >= STRUCTURED_SINCE
}
