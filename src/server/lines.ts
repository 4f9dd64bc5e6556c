import type { AppError } from '../errors.ts'
import { createJsonBounds } from '../json-bounds.ts'

const LINE_END = 0x0a
/** How much of the beginning and the end of a refused line is kept, in bytes. */
const EDGE = 256

/** A line that was not read: why (null if it is longer than the limit), and how it begins and ends. */
export type Refused = { error: AppError | null; head: string; tail: string }

export type LineReader = {
  push: (chunk: Buffer) => void
  /** Ends the stream. Bytes after the last line end are a line too. */
  end: () => void
}

/**
 * Splits a stream of bytes into lines. A line above `maxBytes`, or with JSON above its bounds, is dropped while it
 * arrives, and reported as refused at its end.
 */
export function createLineReader(
  maxBytes: number,
  onLine: (line: string | Refused) => void,
): LineReader {
  let line = emptyLine()
  const add = (part: Buffer): void => {
    line.bytes += part.length
    if (line.error === undefined) {
      line.parts.push(part)
      const error = line.bytes > maxBytes ? null : (line.bounds.push(part) ?? undefined)
      if (error === undefined) return
      line.error = error
      line.head = Buffer.concat(line.parts).toString('utf8', 0, EDGE)
      line.parts = [Buffer.concat(line.parts).subarray(-EDGE)]
    } else {
      line.parts = [Buffer.concat([...line.parts, part.subarray(-EDGE)]).subarray(-EDGE)]
    }
  }
  const finish = (): void => {
    const { error, head, parts } = line
    const text = Buffer.concat(parts).toString('utf8')
    line = emptyLine()
    onLine(error === undefined ? text : { error, head, tail: text })
  }
  return {
    push: (chunk) => {
      let from = 0
      for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, from)) {
        add(chunk.subarray(from, end))
        finish()
        from = end + 1
      }
      add(chunk.subarray(from))
    },
    end: () => {
      if (line.bytes > 0) finish()
    },
  }
}

function emptyLine() {
  return {
    parts: [] as Buffer[],
    bytes: 0,
    bounds: createJsonBounds(),
    error: undefined as AppError | null | undefined,
    head: '',
  }
}
