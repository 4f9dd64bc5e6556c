import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** Size of one read, in bytes. */
const CHUNK = 1 << 20

/** Yields the lines of a file, read lazily. It reads synchronously, because a transaction body cannot await files. */
export function* linesOf(file: string): Generator<string> {
  const handle = openSync(file, 'r')
  try {
    const decoder = new StringDecoder('utf8')
    const chunk = Buffer.alloc(CHUNK)
    let rest = ''
    for (let bytes = readSync(handle, chunk); bytes > 0; bytes = readSync(handle, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, bytes))).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    if (rest !== '') yield rest
  } finally {
    closeSync(handle)
  }
}
