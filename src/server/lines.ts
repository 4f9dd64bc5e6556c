const LINE_END = 0x0a

export type LineReader = {
  push: (chunk: Buffer) => void
  /** Ends the stream. Bytes after the last line end are a line too. */
  end: () => void
}

/** Splits a stream of bytes into lines. Each byte is scanned once. A line above `maxBytes` is reported as null. */
export function createLineReader(
  maxBytes: number,
  onLine: (line: string | null) => void,
): LineReader {
  let parts: Buffer[] = []
  let bytes = 0
  const add = (part: Buffer): void => {
    bytes += part.length
    if (bytes > maxBytes) parts = []
    else if (part.length > 0) parts.push(part)
  }
  const finish = (): void => {
    const line = bytes > maxBytes ? null : Buffer.concat(parts).toString('utf8')
    parts = []
    bytes = 0
    onLine(line)
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
      if (bytes > 0) finish()
    },
  }
}
