import { Writable } from 'node:stream'

/** Most stray output that waits for a slow reader of stderr, in bytes. */
const STRAY_MAX = 64 * 1024

/**
 * Reserves stdout for the protocol and sends all other output, such as that of dependencies, to stderr. Call
 * it before anything else is loaded. Returns the only stream that still writes to stdout.
 */
export function reserveStdout(): Writable {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stderr.on('error', () => {}) // the client does not read it
  stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]) =>
    stderr.writableLength < STRAY_MAX && stderr.write(chunk, ...(rest as []))
  const protocolStdout = new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding, done) => void write(chunk, done),
  })
  stdout.on('error', (error) => protocolStdout.destroy(error)) // the client has disconnected
  return protocolStdout
}
