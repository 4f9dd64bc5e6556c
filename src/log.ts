import { fstatSync, writeSync } from 'node:fs'
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

const STDERR = 2
/** Most log lines that wait for a slow reader of stderr, in bytes. */
const WAITING_MAX = 1024 * 1024

/**
 * Creates a log. Its library is loaded with the first line, so that a start without log lines is faster. It never
 * waits for the reader of stderr: lines that do not fit into the buffer are dropped, and `onDropped` is called.
 */
export function createLog(level: LogLevel, onDropped: () => void = () => {}): Log {
  let logger: Logger | undefined
  const open = (): Logger => {
    logger ??= openPino(level, stderrSink(onDropped))
    return logger
  }
  return {
    info: (event, fields = {}) => open().info(fields, event),
    warn: (event, fields = {}) => open().warn(fields, event),
    error: (event, fields = {}) => open().error(fields, event),
  }
}

/** Files are written at once. Pipes take what they can, and Node.js keeps the rest in memory. */
function stderrSink(onDropped: () => void): Pino.DestinationStream {
  if (isFile(STDERR)) return { write: (line) => void (writeNow(line) || onDropped()) }
  const { stderr } = process
  stderr.on('error', () => {}) // nobody reads it
  return {
    write: (line) => {
      if (stderr.writable && stderr.writableLength + line.length <= WAITING_MAX) stderr.write(line)
      else onDropped()
    },
  }
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile()
  } catch {
    return false
  }
}

function writeNow(line: string): boolean {
  try {
    return writeSync(STDERR, line) > 0
  } catch {
    return false // the disk is full: later lines may fit again
  }
}

function openPino(level: LogLevel, sink: Pino.DestinationStream): Logger {
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
  return pino(options, sink)
}
