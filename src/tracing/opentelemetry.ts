import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { atMost } from '../at-most.ts'
import { AppError } from '../errors.ts'
import type { Tracer } from '../trace.ts'
import { VERSION } from '../version.ts'

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const

/** How long a stop waits for the last spans to be sent, in milliseconds. */
const CLOSE_MS = 1_000

/** Creates a tracer that sends spans to a collector, as OTLP in JSON over HTTP. `endpoint` is its base URL. */
export function createTracer(endpoint: string): Tracer {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'inkwell', 'service.version': VERSION }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('inkwell', VERSION)
  return {
    run: async ({ name, kind = 'internal', attributes = {} }, { parent, traceparent }, body) => {
      const above = (parent as Context | undefined) ?? remote(traceparent)
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, above)
      const note = (more: Record<string, string | number>): void => {
        span.setAttributes(more)
        if ('error.type' in more) span.setStatus({ code: SpanStatusCode.ERROR })
      }
      try {
        return await body(trace.setSpan(above, span), note)
      } catch (error) {
        note({ 'error.type': error instanceof AppError ? error.code : 'internal' })
        throw error
      } finally {
        span.end()
      }
    },
    close: () =>
      atMost(
        provider.shutdown().catch(() => {}),
        CLOSE_MS,
      ),
  }
}

/** The context of a caller's `traceparent`, which is well-formed. */
function remote(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = traceparent?.split('-') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT
  const traceFlags = Number.parseInt(flags, 16)
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}
