import { AsyncLocalStorage } from 'node:async_hooks'

/** The ids that connect log lines to one request: our request id, and the trace id of the caller. */
export type Trace = { request?: string; trace?: string }

const running = new AsyncLocalStorage<Trace>()

/** Runs `body`, and the work that it starts, with these ids added to those of the current trace. */
export function inTrace<T>(trace: Trace, body: () => T): T {
  return running.run({ ...running.getStore(), ...trace }, body)
}

/** Returns the ids of the current trace; empty outside one. */
export function currentTrace(): Trace {
  return running.getStore() ?? {}
}

/**
 * Returns the trace id of a W3C `traceparent`, from a header or an MCP `_meta`. Empty if it is malformed,
 * as the recommendation asks (https://www.w3.org/TR/trace-context/).
 */
export function traceOf(traceparent: unknown): Trace {
  if (typeof traceparent !== 'string') return {}
  const [, version, trace] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/.exec(traceparent) ?? []
  return trace === undefined || version === 'ff' || /^0+$/.test(trace) ? {} : { trace }
}
