import {
  McpServer,
  PROTOCOL_VERSION_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Caller } from '../../accounts/caller.ts'
import type { App } from '../../app.ts'
import type { RateCard } from '../../pricing/find-model.ts'
import type * as Tools from '../../tools/index.ts'
import { TOOL_NAMES } from '../../tools/names.ts'
import type { Elicitation, Tool } from '../../tools/tool.ts'
import { inTrace, traceOf } from '../../trace.ts'
import { VERSION } from '../../version.ts'
import { registerPrompts } from './prompts.ts'
import { registerResources } from './resources.ts'
import { skills } from './skills.ts'
import { startProgress } from './progress.ts'
import { callTool } from './call.ts'
import { listTools } from './tool-list.ts'
import { elicit, elicitationAnswer, elicitations } from './elicitation.ts'

/** How long a call may wait for its result, in milliseconds. Client libraries give up after 60 s, even with progress. */
const MAX_WAIT_MS = 45_000

/** Claude Code at first shows a model only this text and the names of the tools. */
const INSTRUCTIONS =
  'Tools that make and edit images; run makes video, speech and music. They are paid from a prepaid balance with hard budgets. Every paid call holds its price first and charges only for what was delivered. Call checkUsage before a series of paid calls, quoteOnly for a price, and stop when a budget is reached: it cannot be raised from here.'

/** Tools, resources and prompts never change while the process runs, so clients need no change notifications. */
const FIXED = { listChanged: false }

/** Declares that results have a view for people (MCP Apps). */
const APPS = { 'io.modelcontextprotocol/ui': {} }

/** What differs between the transports: how the caller is found, and whether a closed connection cancels a call. */
export type TransportBinding = {
  callerOf: (context: ServerContext) => Caller
  mayCancel: () => boolean
}

/** Builds an MCP server for one connection or request. All state is in the database. */
export function buildServer(app: App, binding: TransportBinding): McpServer {
  const server = new McpServer(
    { name: 'inkwell', title: 'Inkwell', version: VERSION },
    {
      instructions: INSTRUCTIONS,
      capabilities: { tools: FIXED, resources: FIXED, prompts: FIXED, extensions: APPS },
    },
  )
  const { rates } = app.generations
  server.server.setRequestHandler('tools/call', ({ params }, context) =>
    inTrace(traceOf(context.mcpReq._meta?.['traceparent']), async () => {
      const tool = await toolNamed(params.name, rates)
      return await handleCall({ app, server, tool }, params.arguments ?? {}, context, binding)
    }),
  )
  server.server.setRequestHandler('tools/list', (_, context) =>
    listTools(rates, takesStructured(server, context)),
  )
  registerResources(server, app, binding.callerOf)
  registerPrompts(server)
  skills.attach(server)
  return server
}

let loading: Promise<typeof Tools> | undefined

/** Returns a tool. They are loaded at the first call: a start needs only their names. */
async function toolNamed(name: string, rates: RateCard): Promise<Tool> {
  const place = TOOL_NAMES.findIndex((each) => each === name)
  if (place === -1)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${name} not found`)
  const { toolsFor } = await (loading ??= import('../../tools/index.ts'))
  return toolsFor(rates)[place] as Tool
}

async function handleCall(
  { app, server, tool }: { app: App; server: McpServer; tool: Tool },
  input: unknown,
  context: ServerContext,
  { callerOf, mayCancel }: TransportBinding,
): Promise<CallToolResult | InputRequiredResult> {
  const progress = startProgress(context)
  let elicitation: Elicitation | undefined
  const ask = (wanted: Elicitation): void => void (elicitation = wanted)
  const can = elicitations(server, context)
  const { signal } = context.mcpReq
  const disconnected = disconnection(context)
  const reported: string[] = []
  try {
    const result = await callTool(app, tool, input, {
      caller: callerOf(context),
      signal: cancellation(signal, mayCancel),
      disconnected,
      onProgress: progress.report,
      maxWaitMs: MAX_WAIT_MS,
      markReported: (id) => void reported.push(id),
      takesStructured: takesStructured(server, context),
      elicitUrl: can.page ? ask : undefined,
      elicitationAnswer: elicitationAnswer(context, 'page'),
      elicitConsent: can.question ? ask : undefined,
      consent: elicitationAnswer(context, 'question'),
    })
    // The SDK writes the result in this turn of the event loop, and aborts the signals of a request of 2026 after that.
    if (!disconnected.aborted) for (const id of reported) app.generations.answers.heard(id)
    return elicitation === undefined ? result : elicit(elicitation)
  } finally {
    progress.stop()
  }
}

/** Aborts when the client cancels or disconnects. A broken stream of 2025 does not cancel the call, but the result cannot arrive. */
function disconnection({ mcpReq, http }: ServerContext): AbortSignal {
  return http?.req === undefined ? mcpReq.signal : AbortSignal.any([mcpReq.signal, http.req.signal])
}

/** Made once, because it takes a stack: the SDK aborts the signals of every request of 2026 when it has answered. */
const CANCELLED = new DOMException('This operation was aborted', 'AbortError')

function cancellation(signal: AbortSignal, mayCancel: () => boolean): AbortSignal {
  const controller = new AbortController()
  const cancel = (): void => void (mayCancel() && controller.abort(CANCELLED))
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  return controller.signal
}

/** First version with structured results and links to files. Version names sort by date. */
const STRUCTURED_SINCE = '2025-06-18'

/** Whether the client supports structured results. Clients of 2026 send the version with each request, older ones when they connect. */
function takesStructured({ server }: McpServer, { mcpReq }: ServerContext): boolean {
  const envelope = mcpReq.envelope as Record<string, unknown> | undefined
  const version = envelope?.[PROTOCOL_VERSION_META_KEY] ?? server.getNegotiatedProtocolVersion()
  return typeof version !== 'string' || version >= STRUCTURED_SINCE
}
