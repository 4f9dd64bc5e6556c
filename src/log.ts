import { createRequire } from 'node:module'
import type * as Pino from 'pino'
import type { Logger } from 'pino'
import type { LogLevel } from './config.ts'
import { currentTrace } from './trace.ts'

/** Writes one JSON line per record to stderr: an event name and ids, never prompts, bytes, keys or URLs. */
export type Log = {
  info(event: string, fields?: Record<string, unknown>): void
  warn(event: string, fields?: Record<string, unknown>): void
  error(event: string, fields?: Record<string, unknown>): void
}

/** Creates a log. Its library is loaded with the first line, so that a start without log lines is faster. */
export function createLog(level: LogLevel): Log {
  let logger: Logger | undefined
  const open = (): Logger => {
    logger ??= openPino(level)
    return logger
  }
  return {
    info: (event, fields = {}) => open().info(fields, event),
    warn: (event, fields = {}) => open().warn(fields, event),
    error: (event, fields = {}) => open().error(fields, event),
  }
}

function openPino(level: LogLevel): Logger {
  const require = createRequire(import.meta.url)
  const { pino } = require('pino') as typeof Pino
  const { err } = pino.stdSerializers
  const options = {
    level,
    base: null,
    mixin: currentTrace,
    serializers: { error: err, cause: err },
    redact: ['key', 'authorization', '*.key', '*.authorization'],
  }
  return pino(options, pino.destination({ fd: 2, sync: true }))
}
