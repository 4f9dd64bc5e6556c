import { AsyncLocalStorage } from 'node:async_hooks'

/** The ids that connect log lines to one request: our request id, and the trace id of the caller. */
export type Trace = { request?: string; trace?: string }

/** Where a step belongs: below another step of this process, or below what a caller named with a `traceparent`. */
type Place = { parent?: unknown; traceparent?: string }

const running = new AsyncLocalStorage<Trace & Place>()

/** Runs `body`, and the work that it starts, with these ids added to those of the current trace. */
export function inTrace<T>(trace: Trace & Place, body: () => T): T {
  return running.run({ ...running.getStore(), ...trace }, body)
}

/** Returns the ids of the current trace; empty outside one. */
export function currentTrace(): Trace {
  const { request, trace } = running.getStore() ?? {}
  return { ...(request !== undefined && { request }), ...(trace !== undefined && { trace }) }
}

/**
 * Returns the trace id of a W3C `traceparent`, from a header or an MCP `_meta`. Empty if it is malformed,
 * as the recommendation asks (https://www.w3.org/TR/trace-context/).
 */
export function traceOf(traceparent: unknown): Trace & Place {
  if (typeof traceparent !== 'string') return {}
  const [, version, trace] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/.exec(traceparent) ?? []
  return trace === undefined || version === 'ff' || /^0+$/.test(trace) ? {} : { trace, traceparent }
}

type Attributes = Record<string, string | number>

/** A step of a call. Its attributes are ids, models and codes: never prompts, addresses or secrets. */
export type Step = {
  name: string
  kind?: 'server' | 'client' | 'internal'
  attributes?: Attributes
}

/** Adds attributes to a step. `error.type` marks it as failed. */
type Note = (attributes: Attributes) => void

/** Port to what records steps. */
export type Tracer = {
  /** Runs a step below a place, and records it. `body` gets the place of the steps below this one. */
  run<T>(step: Step, place: Place, body: (parent: unknown, note: Note) => Promise<T>): Promise<T>
  /** Sends what was recorded. Takes a second at most. */
  close(): Promise<void>
}

let tracer: Promise<Tracer | null> | null = null

/** Records all steps of this process from now on; null records none. A tracer that cannot be opened is null. */
export function traceWith(opening: Promise<Tracer | null> | null): void {
  tracer = opening
}

/** Runs a step of a call, and records it where traces are wanted. Returns and throws what `body` does. */
export async function inStep<T>(step: Step, body: (note: Note) => Promise<T>): Promise<T> {
  const opened = tracer === null ? null : await tracer
  if (opened === null) return await body(() => {})
  const place = running.getStore() ?? {}
  return await opened.run(step, place, (parent, note) =>
    running.run({ ...place, parent }, () => body(note)),
  )
}
