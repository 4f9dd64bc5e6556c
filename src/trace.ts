import { AsyncLocalStorage } from 'node:async_hooks'

/** What ties the lines of a log to one request: our id of it, and the trace that the caller is in. */
export type Trace = { request?: string; trace?: string }

const running = new AsyncLocalStorage<Trace>()

/** Runs a body, and the work that it starts, within a trace; what was known before stays known. */
export function inTrace<T>(trace: Trace, body: () => T): T {
  return running.run({ ...running.getStore(), ...trace }, body)
}

/** The trace that is running now. */
export function currentTrace(): Trace {
  return running.getStore() ?? {}
}

/**
 * The trace id of a W3C `traceparent`, from a header or an MCP `_meta`; nothing where it is malformed,
 * as the recommendation asks (https://www.w3.org/TR/trace-context/).
 */
export function traceOf(traceparent: unknown): Trace {
  if (typeof traceparent !== 'string') return {}
  const [, version, trace] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/.exec(traceparent) ?? []
  return trace === undefined || version === 'ff' || /^0+$/.test(trace) ? {} : { trace }
}
